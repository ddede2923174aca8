/** What a career is about. Every career has one theme, and its posts stay with it. */
export const themes = {
  contest: {
    careerNames: [
      '공모전 도전기',
      '공모전 수첩',
      '{skill} 공모전',
      '한 학기 한 공모전',
      '팀 공모전 기록',
      '출품작 모음',
    ],
    tags: ['공모전', '대외활동', '팀플'],
  },
  internship: {
    careerNames: [
      '첫 인턴 기록',
      '인턴 일지',
      '여름 인턴십',
      '현장에서 배운 것',
      '인턴 90일',
      '출근하는 대학생',
    ],
    tags: ['인턴', '직무경험', '취준'],
  },
  study: {
    careerNames: [
      '{skill} 스터디',
      '전공 스터디 기록',
      '같이 공부하는 수요일',
      '매주 한 주제',
      '스터디 로그',
      '{topic} 읽기 모임',
    ],
    tags: ['스터디', '공부기록', '스터디그룹'],
  },
  project: {
    careerNames: [
      '팀 프로젝트',
      '사이드 프로젝트',
      '만들면서 배우기',
      '{skill} 프로젝트',
      '캡스톤 일지',
      '작은 것부터 완성',
    ],
    tags: ['프로젝트', '팀프로젝트', '포트폴리오'],
  },
  volunteer: {
    careerNames: [
      '주말 봉사 기록',
      '나눔 일기',
      '봉사하는 토요일',
      '함께 걷는 시간',
      '방학 봉사단',
      '동네를 위한 하루',
    ],
    tags: ['봉사', '봉사활동', '나눔'],
  },
  exchange: {
    careerNames: [
      '교환학생 일기',
      '{city}에서 한 학기',
      '교환학생 준비부터',
      '낯선 도시의 강의실',
      '파견 학기 기록',
      '{city} 생활',
    ],
    tags: ['교환학생', '해외생활', '유학'],
  },
  certificate: {
    careerNames: [
      '자격증 도장 깨기',
      '{certificate} 준비',
      '기출 하루 한 회',
      '합격까지',
      '자격증 공부 기록',
      '방학 자격증 도전',
    ],
    tags: ['자격증', '공부기록', '합격'],
  },
  exhibition: {
    careerNames: [
      '전시 준비 노트',
      '작업 노트',
      '보여 주는 연습',
      '무대와 전시 사이',
      '발표회 가는 길',
      '작업 과정 모음',
    ],
    tags: ['전시', '발표', '포트폴리오'],
  },
  club: {
    careerNames: [
      '동아리 활동 기록',
      '학회 한 학기',
      '{club} 일지',
      '운영진의 하루',
      '동아리방 사람들',
      '기획부원 노트',
    ],
    tags: ['동아리', '학회', '대학생활'],
  },
  lab: {
    careerNames: [
      '학부 연구생 일지',
      '연구실 인턴',
      '논문 읽는 오후',
      '실험 노트 밖 이야기',
      '연구실 막내 기록',
      '질문에서 시작하기',
    ],
    tags: ['학부연구생', '연구', '논문'],
  },
  coursework: {
    careerNames: [
      '전공 수업 정리',
      '{subject} 노트',
      '과제하는 밤',
      '전공 수업 기록장',
      '수업에서 남은 것',
      '시험 기간 생존기',
    ],
    tags: ['전공공부', '과제', '수업'],
  },
  reading: {
    careerNames: [
      '읽고 쓰는 사람',
      '한 달 네 권',
      '전공 밖 독서',
      '{topic} 책장',
      '밑줄 긋기',
      '독서 기록장',
    ],
    tags: ['독서', '책추천', '서평'],
  },
  startup: {
    careerNames: [
      '창업 동아리 일지',
      '예비 창업 기록',
      '아이디어에서 고객까지',
      '우리 팀 첫 서비스',
      '창업 캠프 노트',
      '작게 팔아 보기',
    ],
    tags: ['창업', '예비창업', '스타트업'],
  },
  parttime: {
    careerNames: [
      '알바하며 배운 것',
      '근로 장학생 일지',
      '일하는 저녁',
      '{shift} 근무 기록',
      '첫 사회생활',
      '손님에게 배우다',
    ],
    tags: ['알바', '근로장학', '사회경험'],
  },
  language: {
    careerNames: [
      '{language} 공부 기록',
      '어학 성적 올리기',
      '말하기 연습 100일',
      '회화 스터디',
      '{languageTest} 준비',
      '매일 외국어 한 줄',
    ],
    tags: ['어학', '어학공부', '외국어'],
  },
  mentoring: {
    careerNames: [
      '멘토링 일지',
      '가르치며 배우기',
      '교육 봉사 한 학기',
      '멘토가 되어 가는 중',
      '후배와 걷는 학기',
      '튜터 노트',
    ],
    tags: ['멘토링', '교육봉사', '튜터링'],
  },
  jobsearch: {
    careerNames: [
      '취업 준비 기록',
      '자소서 고쳐 쓰기',
      '면접 복기 노트',
      '포트폴리오 다듬기',
      '나의 취준 일지',
      '직무 탐색기',
    ],
    tags: ['취준', '자소서', '면접'],
  },
  daily: {
    careerNames: [
      '하루 한 줄 성장',
      '습관 만들기',
      '대학생 루틴',
      '꾸준함 연습',
      '나를 돌보는 기록',
      '오늘 배운 것',
    ],
    tags: ['루틴', '자기계발', '기록'],
  },
} as const satisfies Record<string, { careerNames: readonly string[]; tags: readonly string[] }>;

export type Theme = keyof typeof themes;

export const themeNames = Object.keys(themes) as readonly Theme[];

/** How a post feels: comments answer to it. */
export type Mood = 'glad' | 'calm' | 'tired';

/** A person writes either politely (해요, 합니다) or as in a diary (했다). */
export type Tone = 'polite' | 'plain';

export type PostTexts = Record<Theme, Record<Mood, readonly string[]>>;
