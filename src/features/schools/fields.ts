/** The 16 fields (분야) of Loop Us. Departments, companies and rankings refer to them by id: ids never change. */
export const fields = [
  { id: 1, nameKo: 'IT', nameEn: 'IT' },
  { id: 2, nameKo: '마케팅', nameEn: 'Marketing' },
  { id: 3, nameKo: '디자인', nameEn: 'Design' },
  { id: 4, nameKo: '건축', nameEn: 'Architecture' },
  { id: 5, nameKo: '경영•경제', nameEn: 'Business & Economics' },
  { id: 6, nameKo: '제조', nameEn: 'Manufacturing' },
  { id: 7, nameKo: '교육', nameEn: 'Education' },
  { id: 8, nameKo: '의료', nameEn: 'Healthcare' },
  { id: 9, nameKo: '무역•유통', nameEn: 'Trade & Distribution' },
  { id: 10, nameKo: '영업•서비스', nameEn: 'Sales & Service' },
  { id: 11, nameKo: 'R&D', nameEn: 'R&D' },
  { id: 12, nameKo: '엔지니어링', nameEn: 'Engineering' },
  { id: 13, nameKo: '전문•특수', nameEn: 'Professional & Specialist' },
  { id: 14, nameKo: '예체능', nameEn: 'Arts & Sports' },
  { id: 15, nameKo: '기타', nameEn: 'Other' },
  { id: 16, nameKo: '미정', nameEn: 'Undecided' },
] as const;

export type Field = (typeof fields)[number];
export type FieldId = Field['id'];

/** The field of those who have not settled on one. */
export const undecidedFieldId = 16 satisfies FieldId;
