/**
 * What the imitated sites write about a tag. `{tag}` stands for the tag and `{tag:을/를}` for it with its particle; other
 * names in braces are lists below. Newspapers, writers, channels and companies are all made up.
 */

/** Newspapers: the name as it follows the headline (one has a dash in it, one ends in a bar, as real ones do) and the host. */
export const publishers: readonly { name: string; host: string }[] = [
  { name: '너른들일보', host: 'www.neoreundeul.example.com' },
  { name: '새길경제', host: 'www.saegil-biz.example.com' },
  { name: '도담타임스', host: 'dodamtimes.example.com' },
  { name: '온새미뉴스', host: 'news.onsaemi.example.com' },
  { name: '가온데일리', host: 'www.gaondaily.example.com' },
  { name: '미리내신문', host: 'www.mirinae-news.example.com' },
  { name: '늘봄투데이', host: 'neulbomtoday.example.com' },
  { name: '윤슬매거진', host: 'www.yunseul-mag.example.com' },
  { name: '나래TV', host: 'tv.narae.example.com' },
  { name: '이음통신', host: 'www.ieum-press.example.com' },
  { name: '푸른대학신문', host: 'www.pureun-univ.example.com' },
  { name: '캠퍼스온 - 대학생이 읽는 뉴스', host: 'campuson.example.com' },
  { name: '오늘의청년 |', host: 'www.today-youth.example.com' },
];

export const headlines: readonly string[] = [
  '{tag} 준비하는 대학생 늘었다…{university}, 상담 창구 두 배로',
  "'{tag}' 검색량 1년 새 {percent}% 증가…청년층 관심 커져",
  '{city} 청년센터, {tag} 특강 연다…선착순 {people}명',
  '{university}, {tag} 비교과 과정 신설…“전공 상관없이 누구나”',
  '[인터뷰] {tag}에서 길을 찾은 스물셋 “{quote}”',
  '대학생 10명 중 {few}명 “{tag} 경험, 진로 정하는 데 도움”',
  '{company}, {tag}에 관심 있는 청년 멘토링 참가자 모집',
  '[현장] {tag} 박람회에 몰린 청년들 - 사흘간 {people}명 발길',
  '{university} 학생팀, {tag} 주제 발표 대회서 대상',
  '“혼자보다 함께”…{tag} 모임 만드는 대학생들',
  '{city}시, {tag} 배우는 청년에게 교통비·교재비 지원',
  '{tag:을/를} 바라보는 세 가지 시선…“{quote}”',
  '[칼럼] {tag}, 남의 속도가 아니라 나의 속도로',
  '{company}·{university} 손잡고 {tag} 인재 키운다',
  '방학 앞두고 {tag} 강좌 신청 몰려…대기자만 {people}명',
  '{tag} 초보가 가장 많이 하는 실수 {few}가지',
  '{university} 도서관, {tag} 자료실 새로 꾸며',
  '졸업생이 들려준 {tag} 이야기 “{quote}”',
  '{tag} 관련 온라인 강의 {people}개 비교해 보니',
  '{city}에서 열린 {tag} 축제, 청년 기획단이 이끌었다',
  '[R&D 현장] {company} 연구원이 말하는 {tag:과/와} 전공',
  '{tag}, 이력서에 어떻게 쓸까…인사 담당자 {few}인의 조언',
  '“{tag} 덕에 휴학이 아깝지 않았다”…{university} 재학생 수기집',
  '새 학기 {tag} 모임 이렇게 고르세요',
  '{company}, 대학생 {tag} 서포터스 {people}명 선발',
  '{tag} 장학금 신청, 올해부터 이렇게 바뀐다',
];

/** Told of many tags at once: one story is found by several. */
export const sharedHeadlines: readonly string[] = [
  '대학생 취업 박람회 {city}서 개막…{company} 등 {people}개사 참가',
  '청년 월세·교통비 지원, 다음 달부터 온라인 신청',
  '{university} 총학생회, 시험 기간 천 원의 야식 {people}인분 나눠',
  '겨울 방학 국내 인턴십 {people}자리 열린다',
  '{city} 대학 연합 축제, 올해는 진로 상담 부스가 절반',
  '{company}, 신입 채용에 직무 과제 전형 도입',
  '“스펙보다 기록”…활동 일지 쓰는 대학생들',
  '{university}·{city}시, 청년 정착 프로그램 함께 만든다',
];

export const newsSentences: readonly string[] = [
  '{university:은/는} 올해 {tag:을/를} 주제로 한 모임이 지난해보다 {percent}% 늘었다고 밝혔다.',
  '참가를 바라는 학생은 이달 말까지 누리집에서 신청하면 된다.',
  '{company} 관계자는 “{quote}”라고 말했다.',
  '전문가들은 {tag:을/를} 꾸준히 이어 가려면 작은 목표부터 세우는 것이 좋다고 조언한다.',
  '{city:을/를} 시작으로 전국 {few}개 도시에서 차례로 열린다.',
  '설문에 답한 {people}명 가운데 절반 이상이 비용을 가장 큰 어려움으로 꼽았다.',
  '행사장에는 아침부터 상담을 기다리는 줄이 길게 이어졌다.',
];

export const essays: readonly string[] = [
  '{tag:을/를} 시작한 지 백 일째 되는 날',
  '{tag}, 그만두고 싶었던 밤의 기록',
  '나는 왜 {tag:을/를} 다시 펼쳤나',
  '{tag}에 대해 아무도 말해 주지 않은 것',
  '스물넷의 {tag}, 서른의 나에게',
  '{city:으로/로} 떠난 {tag} 수업',
  '{tag:이/가} 나를 데려다준 곳',
  '느린 사람의 {tag} 공부법',
  '망한 {tag}에서 건진 {few}가지',
  '{tag} 옆자리에 앉은 사람',
  '{tag:과/와} 커피와 마감',
  '{tag:을/를} 좋아한다고 말하기까지',
  '오늘의 {tag}, 내일의 이력서',
  '{tag:이라/라}는 말의 무게',
  '{tag} 덕분에 만난 사람들',
  '처음 {tag:을/를} 가르치던 날',
];

/** Of a post of any tag: one writer is found by several. */
export const sharedEssays: readonly string[] = [
  '면접을 마치고 {city} 바다에 갔다',
  '휴학계를 내던 날의 하늘',
  '첫 월급으로 산 것',
  '기숙사 마지막 밤',
];

export const essaySubtitles: readonly string[] = [
  '작게 시작하는 용기',
  '천천히 가도 도착한다',
  '실패를 적어 두는 일',
  '열두 번째 이야기',
  '혼자가 아니라는 것',
  '기록은 남는다',
  '<잠>을 줄이지 않고도',
];

export const essaySentences: readonly string[] = [
  '처음에는 누구나 서툴다.',
  '도서관 불이 꺼질 때까지 {tag:을/를} 붙들고 있던 날이 있었다.',
  '그날 적어 둔 한 줄이 이력서의 첫 문장이 되었다.',
  '선배는 웃으며 “{quote}”라고 했다.',
  '나는 {tag:을/를} 잘하는 사람이 아니라 오래 하는 사람이 되기로 했다.',
  '버스 창밖으로 {city}의 불빛이 지나갔다.',
  '돌아보면 가장 많이 배운 것은 {few}번의 실패에서였다.',
];

export const videoTitles: readonly string[] = [
  '{tag} 브이로그 | 새벽 다섯 시에 일어나는 대학생의 하루',
  '{tag} 처음이라면 이것부터 보세요 ({few}분 정리)',
  '현직자가 알려 주는 {tag}의 모든 것',
  '{tag}, 한 달 만에 달라진 점 {few}가지',
  '{university} 학생은 {tag:을/를} 어떻게 할까?',
  '[같이 해요] {tag} 2시간 집중 타이머',
  '{tag} 비용 총정리 💸 이렇게 아꼈습니다',
  '취업한 선배에게 {tag:을/를} 물어봤다',
  '{tag:으로/로} 포트폴리오 채우는 법 & 흔한 실수',
  "'{tag}' 진짜 도움 될까? 솔직 후기",
  '{city}에서 {tag:을/를} 하며 산다는 것 🌊',
  '{tag} Q&A “{quote}”',
  '비전공자의 {tag} 도전기 #{few}',
  '{tag} 강의 추천 <무료> TOP {few}',
  '과제 대신 {tag:을/를} 하는 밤',
  '{tag} 모임 운영 1년, 남은 것들',
];

/** Of any tag. */
export const sharedVideoTitles: readonly string[] = [
  '시험 기간 브이로그 | 과제 {few}개 끝내기',
  '{city} 자취방 아침 루틴',
  '대학 생활에서 가장 잘한 일 {few}가지',
];

export const channels: readonly string[] = [
  '스물셋작업실',
  '느린걸음 연구소',
  '기숙사 402호',
  '다온의 진로노트',
  '오늘도과제중',
  '한줄기록 TV',
  '새벽도서관',
  '졸업은 언제',
  '취준생 마루',
  '커리어 이음',
  '캠퍼스 한 바퀴',
  '배우는 사람들',
];

export const videoSentences: readonly string[] = [
  '오늘은 {tag:을/를} 준비하면서 알게 된 것을 나눠요.',
  '댓글로 여러분의 {tag} 이야기도 들려주세요.',
  '자료는 영상 아래 고정 댓글에 있어요.',
  '{city}에서 찍었습니다.',
];

export const blogTitles: readonly string[] = [
  '{tag} 후기 정리 (준비물, 일정, 비용까지)',
  '{tag} {few}주 완성 계획표 공유합니다',
  '[{city}] {tag} 다녀왔어요 :)',
  '비전공자 {tag} 합격 후기',
  '{tag} 자료 모음 & 추천 책',
  '대학생 {tag}, 이렇게 시작했어요',
  '{tag} 스터디원 구합니다 (~{few}명)',
  '{tag} 면접 질문 {people}개 모아 봤어요',
  '오늘의 {tag} 기록',
  '{tag:을/를} 고민하는 후배에게',
  '{university} {tag} 특강 듣고 온 날',
  '{tag} 하면서 쓴 돈 전부 공개',
  '{tag:이/가} 처음이라면 꼭 읽어 보세요',
  '{city} {tag} 모임 다녀온 이야기',
  '{tag} 준비하다 알게 된 것 {few}가지',
  '“{quote}” {tag} 선배 인터뷰',
];

/** Of a post of any tag. */
export const sharedBlogTitles: readonly string[] = [
  '이번 학기 가계부 공개',
  '{city} 카페에서 과제하기 좋은 자리',
  '종강하면 하고 싶은 일 {few}가지',
];

export const blogs: readonly { name: string; host: string }[] = [
  { name: '도토리의 하루', host: 'dotori-day.blog.example.com' },
  { name: '취준 일기장', host: 'chwijun-note.blog.example.com' },
  { name: '기록하는 다람쥐', host: 'daramzwi.blog.example.com' },
  { name: '공대생 서랍', host: 'engineer-drawer.blog.example.com' },
  { name: '봄날의 노트', host: 'spring-note.blog.example.com' },
  { name: '밤샘 과제 연구소', host: 'allnight-lab.blog.example.com' },
  { name: '하루 한 뼘', host: 'haru-span.blog.example.com' },
  { name: '느긋한 준비생', host: 'slow-prep.blog.example.com' },
];

/** What stands in braces. All are nouns, so that particles fit. */
export const fillers = {
  university: '한결대|누리대|새솔대|다솜대|가람과학기술대|온빛여대|너울대'.split('|'),
  company: '이든소프트|마루전자|온결바이오|도담푸드|새론모빌리티|하늬은행|별찬게임즈'.split('|'),
  city: '서울|부산|대구|인천|광주|대전|전주|춘천|강릉|청주|제주|수원|포항'.split('|'),
  quote:
    '작은 기록이 저를 데려왔어요|완벽보다 꾸준함이 먼저였다|물어보는 것을 겁내지 마세요|실패도 경력이 되더라고요|옆 사람과 비교하지 않기로 했다'.split(
      '|',
    ),
} as const;

/** Family and given names of Brunch's writers. */
export const writers: readonly string[] = [
  '달빛산책자',
  '여름의문장',
  '김느루',
  '오후세시',
  '이두루',
  '초록대문집',
  '박윤슬',
  '책갈피수집가',
  '한온유',
  '모퉁이서재',
  '최너울',
  '새벽기차',
];
