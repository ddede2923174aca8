/** A small world to search in, and what must be found in it: the relevance table (test:search). */
export type Person = { name: string; school: string; department: string; introduction?: string };

export const people = {
  minsu: {
    name: '김민수',
    school: '서울대학교',
    department: '컴퓨터공학과',
    introduction: '백엔드 개발자를 꿈꿉니다',
  },
  minseo: {
    name: '김민서',
    school: '연세대학교',
    department: '경영학과',
    introduction: '브랜드 마케팅에 관심이 많아요',
  },
  leeMinsu: {
    name: '이민수',
    school: '고려대학교',
    department: '기계공학과',
    introduction: '로봇을 만듭니다',
  },
  sumin: {
    name: '김수민',
    school: '한양대학교',
    department: '건축학과',
    introduction: '도시와 공간을 기록해요',
  },
  seoyeon: {
    name: '박서연',
    school: '이화여자대학교',
    department: '시각디자인학과',
    introduction: 'UX 디자인을 공부합니다',
  },
  namgung: { name: '남궁민', school: '성균관대학교', department: '경제학과' },
  jegal: { name: '제갈솔', school: '부산대학교', department: '통계학과' },
  john: { name: 'John Smith', school: '한국과학기술원', department: '기계공학과' },
  haneul: {
    name: '정하늘',
    school: '연세대학교',
    department: '컴퓨터공학과',
    introduction: '인공지능 동아리 회장',
  },
  sol: { name: '김솔', school: '국민대학교', department: '건축학과' },
  seojin: {
    name: '윤서진',
    school: '서강대학교',
    department: '경제학과',
    introduction: '파이썬으로 세상을 읽는 사람',
  },
  kangMinsu: { name: '강민수', school: '서울시립대학교', department: '경영학과' },
} satisfies Record<string, Person>;

export type Post = { text: string; tags?: string[]; career?: string };

export const posts = {
  contest: { text: '여름 공모전에서 대상을 받았습니다. 팀원들 고마워요', tags: ['공모전', '수상'] },
  poster: { text: '공모전 준비하면서 포스터를 열 번 고쳤다', tags: ['공모전', '디자인'] },
  intern: { text: '인턴 첫날, 회의록을 정리하며 많이 배웠다', tags: ['인턴'] },
  weather: { text: '데이터 분석 스터디에서 파이썬으로 날씨를 그려 봤다', tags: ['데이터분석', '파이썬'] },
  month: { text: '데이터를 모으는 데 한 달, 분석하는 데 하루' },
  jobs: { text: '백엔드 개발자로 지원하려고 자기소개서를 고치고 있다', tags: ['취준', '백엔드'] },
  graduation: { text: '컴퓨터공학과 졸업 작품 발표', tags: ['캡스톤'] },
  berlin: { text: '교환학생으로 베를린에 왔습니다', tags: ['교환학생'] },
  react: { text: 'React로 만든 일정 앱을 배포했다', tags: ['리액트', '프론트엔드'] },
  java: { text: '자바 수업에서 객체지향을 배웠다', tags: ['자바'] },
  javascript: { text: '자바스크립트 강의를 완강했다', tags: ['자바스크립트'] },
  volunteer: { text: '어르신께 스마트폰 쓰는 법을 알려 드렸다', tags: ['봉사'] },
  paper: { text: '기계학습 논문을 읽었다', tags: ['연구'] },
  hackathon: { text: '해커톤에서 밤을 새웠다. 주제는 기후 위기', tags: ['해커톤'] },
  toeic: { text: '토익 900점을 넘었다', tags: ['토익'] },
  website: { text: '포트폴리오 웹사이트를 새로 꾸몄다', tags: ['디자인'] },
  figma: { text: 'Figma로 앱 화면을 설계했다', tags: ['피그마', 'ux'] },
  meeting: { text: '회의를 줄이는 회의' },
  printer: { text: '건축 모형을 3D 프린터로 뽑았다', tags: ['3d프린팅', '건축'] },
  seoul: { text: 'Marketing intern at a startup in Seoul', tags: ['marketing', 'internship'] },
  campaign: { text: '브랜드 캠페인 결과 보고서', tags: ['마케팅'] },
  bank: { text: '은행 앱 사용성 시험', tags: ['ux'] },
  grammar: { text: '은는이가 같은 조사를 공부하는 국어학 수업' },
  marathon: { text: '마라톤 완주', tags: ['운동'] },
  emotions: { text: '머신러닝으로 감정을 분류했다', tags: ['머신러닝'] },
  cafe: { text: '카페 알바 1년 차', tags: ['알바', 'c언어'] },
  customer: { text: '첫 고객을 만났다', career: '창업 동아리 일지', tags: ['캡스톤디자인', '디자인씽킹'] },
} satisfies Record<string, Post>;

export type PersonKey = keyof typeof people;
export type PostKey = keyof typeof posts;

/** `first`: what must come first, in any order among themselves. `not`: what must not appear at all. */
export type Case<K extends string = string> = { q: string; first: K[]; not?: K[] };

export const peopleCases: Case<PersonKey>[] = [
  // Names, whole and half typed
  { q: '김민수', first: ['minsu'], not: ['minseo', 'leeMinsu', 'sumin', 'kangMinsu'] },
  { q: '김민', first: ['minsu', 'minseo'], not: ['sumin', 'leeMinsu'] },
  { q: '김미', first: ['minsu', 'minseo'], not: ['sumin'] },
  { q: '김ㅁ', first: ['minsu', 'minseo'], not: ['sumin'] },
  { q: '김민ㅅ', first: ['minsu', 'minseo'], not: ['sumin'] },
  { q: '민수', first: ['minsu', 'leeMinsu', 'kangMinsu'], not: ['minseo', 'sumin'] },
  { q: '김 민수', first: ['minsu'], not: ['leeMinsu', 'kangMinsu'] },
  { q: '김솔', first: ['sol'], not: ['jegal', 'minsu'] },
  { q: '솔', first: ['sol', 'jegal'] },
  { q: '남궁민', first: ['namgung'] },
  { q: '제갈', first: ['jegal'], not: ['sol'] },
  { q: 'john', first: ['john'] },
  { q: 'Smi', first: ['john'] },
  // What is nearly a name is another name
  { q: '김민슈', first: [], not: ['minsu', 'minseo'] },
  { q: '김인수', first: [], not: ['minsu'] },
  { q: 'jonh', first: [], not: ['john'] },
  // Initial consonants
  { q: 'ㄱㅁㅅ', first: ['minsu', 'minseo', 'kangMinsu'], not: ['sumin', 'leeMinsu'] },
  { q: 'ㅁㅅ', first: ['minsu', 'minseo', 'leeMinsu', 'kangMinsu'], not: ['sumin'] },
  { q: 'ㄴㄱㅁ', first: ['namgung'], not: ['minsu'] },
  { q: 'ㅅㄱㄱ', first: ['namgung'] },
  // With school and department, by every name these have
  { q: '서울대 김민수', first: ['minsu'], not: ['leeMinsu', 'kangMinsu'] },
  { q: '연세대 컴공', first: ['haneul'] },
  { q: '연대 정하ㄴ', first: ['haneul'] },
  { q: '이대 박서연', first: ['seoyeon'] },
  { q: 'snu', first: ['minsu'], not: ['leeMinsu'] },
  { q: 'yonsei', first: ['minseo', 'haneul'], not: ['minsu'] },
  { q: '카이스트', first: ['john'], not: ['minsu'] },
  { q: '고려대학교', first: ['leeMinsu'], not: ['minsu'] },
  { q: '골', first: ['leeMinsu'] },
  { q: '건축학과 김솔', first: ['sol'] },
  // What people write about themselves
  { q: '백엔드', first: ['minsu'] },
  { q: '백엔드를', first: ['minsu'] },
  { q: 'ux 디자인 공부', first: ['seoyeon'] },
  { q: 'python', first: ['seojin'] },
  { q: 'ai', first: ['haneul'] },
  { q: '로봇', first: ['leeMinsu'] },
];

export const postCases: Case<PostKey>[] = [
  // Words, particles, half-typed syllables
  { q: '공모전', first: ['contest', 'poster'], not: ['intern', 'marathon'] },
  { q: '공모전을', first: ['contest', 'poster'], not: ['marathon'] },
  { q: '공모전에서', first: ['contest', 'poster'] },
  { q: '공모저', first: ['contest', 'poster'] },
  { q: '공모전 대상', first: ['contest'] },
  { q: '포스터를', first: ['poster'], not: ['contest'] },
  { q: '베를린', first: ['berlin'] },
  { q: '베를리', first: ['berlin'] },
  { q: '회의', first: ['meeting'] },
  { q: '은행', first: ['bank'], not: ['grammar'] },
  { q: '기후 위기', first: ['hackathon'] },
  { q: '마라톤', first: ['marathon'], not: ['hackathon'] },
  { q: '졸업 작품', first: ['graduation'] },
  // Together and apart
  { q: '데이터 분석', first: ['weather'], not: ['marathon'] },
  { q: '데이터분석', first: ['weather'] },
  { q: '3d 프린터', first: ['printer'] },
  // The tag weighs more than the text, the word more than its beginning
  { q: '디자인', first: ['poster', 'website'] },
  { q: '자바', first: ['java'] },
  { q: '건축', first: ['printer'] },
  { q: '인턴', first: ['intern'] },
  // Korean and English
  { q: '파이썬', first: ['weather'] },
  { q: 'python', first: ['weather'] },
  { q: 'react', first: ['react'] },
  { q: '리액트', first: ['react'] },
  { q: 'javascript', first: ['javascript'] },
  { q: 'js', first: ['javascript'] },
  { q: 'figma', first: ['figma'] },
  { q: '피그마', first: ['figma'] },
  { q: 'hackathon', first: ['hackathon'] },
  { q: 'toeic', first: ['toeic'] },
  { q: 'seoul startup', first: ['seoul'] },
  { q: 'UX', first: ['figma', 'bank'] },
  // What students say
  { q: '취업준비', first: ['jobs'] },
  { q: '취준', first: ['jobs'] },
  { q: '자소서', first: ['jobs'] },
  { q: '컴공', first: ['graduation'], not: ['marathon'] },
  { q: '포폴', first: ['website'] },
  { q: '알바', first: ['cafe'] },
  { q: '아르바이트', first: ['cafe'] },
  { q: '봉사활동', first: ['volunteer'] },
  { q: 'exchange student', first: ['berlin'] },
  { q: '기계학습', first: ['paper', 'emotions'] },
  // Typos in words, none in short ones
  { q: '포트폴라오', first: ['website'] },
  { q: '스마트펀', first: ['volunteer'] },
  { q: 'marketng', first: ['seoul'] },
  { q: '토약', first: [], not: ['toeic'] },
  // Careers
  { q: '창업 동아리', first: ['customer'] },
  // Nothing
  { q: 'zzzxq', first: [], not: Object.keys(posts) as PostKey[] },
  { q: 'ㄱ', first: [], not: Object.keys(posts) as PostKey[] },
];

export const tagCases: Case[] = [
  { q: '해커톤', first: ['해커톤'], not: ['해외'] },
  { q: '해커', first: ['해커톤'] },
  { q: '해커토', first: ['해커톤'] },
  { q: '해ㅋ', first: ['해커톤'] },
  { q: 'ㅎㅋㅌ', first: ['해커톤'], not: ['캡스톤'] },
  { q: '해커툰', first: [], not: ['해커톤'] },
  { q: '#캡스톤', first: ['캡스톤'] },
  { q: '캡ㅅ', first: ['캡스톤', '캡스톤디자인'] },
  { q: '캡스톤 디자인', first: ['캡스톤디자인'], not: ['캡스톤'] },
  { q: 'ㅋㅅㅌ', first: ['캡스톤'], not: ['해커톤'] },
  { q: '디자인', first: ['디자인'] },
  { q: '디자인ㅆ', first: ['디자인씽킹'], not: ['디자인'] },
  { q: '자바', first: ['자바'] },
  { q: 'C언', first: ['c언어'] },
  { q: '3d', first: ['3d프린팅'] },
  { q: 'UX', first: ['ux'] },
];

export const schoolCases: Case[] = [
  { q: '서울대', first: ['서울대학교'] },
  { q: '연대', first: ['연세대학교'] },
  { q: '골', first: ['고려대학교'] },
  { q: '고려대학ㄱ', first: ['고려대학교'], not: ['서울대학교'] },
  { q: 'ㄱㄹㄷㅎㄱ', first: ['고려대학교'] },
  { q: 'kaist', first: ['한국과학기술원'] },
  { q: '카이스트', first: ['한국과학기술원'] },
  { q: '시립대', first: ['서울시립대학교'] },
  { q: '한국외대', first: ['한국외국어대학교'] },
  { q: '이화여대', first: ['이화여자대학교'] },
  { q: 'hanyang', first: ['한양대학교'] },
  { q: 'korea university', first: ['고려대학교'] },
  { q: 'seoultech', first: ['서울과학기술대학교'] },
  { q: '서울 과기대', first: ['서울과학기술대학교'] },
  { q: '서욿', first: [], not: ['서울대학교'] },
];
