import type { Draw } from './random.ts';

/** Family names by how many of a thousand people bear them, after the shares of the 2015 census, rounded. */
const familyNames = shares(
  '김 215,이 147,박 84,최 47,정 43,강 24,조 21,윤 21,장 20,임 17,한 15,오 15,서 15,신 15,권 14,황 14,안 14,송 14,' +
    '전 11,홍 11,유 13,고 9,문 9,양 9,손 9,배 8,백 8,허 7,남 6,심 6,노 6,하 5,곽 4,성 4,차 4,주 4,우 4,구 4,민 3,' +
    '류 3,나 3,진 4,지 3,엄 3,채 3,원 3,천 2,방 2,공 2,현 2,함 2,변 2,염 1,여 1,추 1,도 1,소 1,석 1,선 1,설 1,마 1,' +
    '길 1,연 1,위 1,표 1,명 1,기 1,반 1,왕 1,금 1,옥 1,육 1,인 1,맹 1,제갈 1,남궁 1,황보 1,선우 1,독고 1',
);

/** Given names that were common among those born around 2000 to 2007, the commonest first. */
const givenNames = {
  female: words(
    '서연 유진 수빈 지원 민서 예은 지우 수민 지민 서현 채원 예진 하은 윤서 은서 다은 가은 수연 예원 현서 소연 지현 유나 ' +
      '민지 다연 혜원 시은 서영 채은 나연 지윤 소윤 하늘 예린 주연 승연 은지 연우 세은 유빈 다인 정원 지수 수아 서윤 효주 ' +
      '나은 보민 혜린 도연 가연 예나 지안 소영 아영 현지 수진 은채 미주 서희 윤아 나현 세연 유정 해인 민아 규리 다현 슬기 ' +
      '아름 하영 주하 은비 보경 세아 소정 진서 태희 이서 라희 초원 은빛 가람 단비 봄 솔 별',
  ),
  male: words(
    '민준 동현 준호 지훈 현우 민재 준혁 승현 우진 도현 예준 건우 현준 시우 주원 성민 지호 민성 준서 서준 승민 태윤 유찬 ' +
      '재윤 정우 성현 상현 진우 민혁 재원 준영 시현 태현 은찬 동욱 재현 찬영 한결 승우 규민 원준 윤호 지환 태민 상윤 영준 ' +
      '승준 민수 도윤 선우 하준 정민 경민 동건 기현 형준 수호 석현 태양 하람 찬우 종현 승훈 세현 우성 진혁 재혁 건희 대현 ' +
      '영훈 인서 해찬 강민 병준 윤재 주형 은호 산 준 건 솔 현',
  ),
} as const;

/** Syllables that rarer names are put together from. */
const syllables = {
  female: {
    first: words('가 나 다 도 미 민 보 서 선 세 소 수 승 시 아 여 연 영 예 유 윤 은 이 정 주 지 채 태 하 혜'),
    last: words('경 나 담 란 령 림 린 미 민 빈 서 설 솔 아 안 연 영 온 원 유 윤 율 은 인 주 진 현 희'),
  },
  male: {
    first: words(
      '강 건 경 규 기 남 대 도 동 명 무 민 범 병 상 석 성 세 승 영 용 우 원 은 인 재 정 종 준 지 진 찬 창 태 현 형 효',
    ),
    last: words(
      '겸 규 균 기 담 민 범 빈 서 석 섭 성 수 승 안 엽 영 완 용 우 욱 원 율 익 일 재 준 찬 철 태 혁 현 호 환 후 훈',
    ),
  },
} as const;

export type Gender = 'female' | 'male';

/** A Korean name, family name first, in the proportions one meets at a university. */
export function drawName(draw: Draw, gender: Gender): string {
  return pickByShare(draw, familyNames) + drawGivenName(draw, gender);
}

function drawGivenName(draw: Draw, gender: Gender): string {
  if (draw.chance(0.3)) {
    const { first, last } = syllables[gender];
    const start = draw.pick(first);
    const end = draw.pick(last);
    return start === end ? start : start + end;
  }
  // The square makes the first of the list the commonest.
  const names = givenNames[gender];
  return names[Math.floor(draw.unit() ** 2 * names.length)] ?? names[0] ?? '';
}

type Share = { value: string; upTo: number };

function shares(list: string): Share[] {
  let upTo = 0;
  return list.split(',').map((entry) => {
    const [value = '', share = '0'] = entry.split(' ');
    upTo += Number(share);
    return { value, upTo };
  });
}

function pickByShare(draw: Draw, list: readonly Share[]): string {
  const place = draw.unit() * (list.at(-1)?.upTo ?? 0);
  return list.find((share) => place < share.upTo)?.value ?? '';
}

function words(text: string): string[] {
  return text.split(' ');
}
