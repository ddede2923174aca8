/** The rows of a made-up population. */
import type { FieldId } from '../../src/features/schools/fields.ts';
import type { Gender } from './names.ts';
import type { Theme, Tone } from './themes.ts';

export type PopulationScale = {
  /** Another seed is another population. A 32-bit whole number. */
  seed: number;
  people: number;
  posts: number;
  /** Comments and replies in all, about. */
  comments: number;
  /** Likes of posts in all, about. */
  likes: number;
  /** Whom one follows, on average. */
  followsPerPerson: number;
  /** How many schools people come from, the largest first; at most all. */
  schools: number;
  /** How unevenly writing and being followed are spread: 0 is even, towards 1 a few have most. Zipf's exponent. */
  skew: number;
  /** The posts lie in the 30 days before this instant, in milliseconds since 1970. */
  until: number;
};

export type Person = {
  index: number;
  gender: Gender;
  /** Real name, family name first. */
  name: string;
  /** Below a sub-domain of the school's that nobody uses, so that no mail ever reaches a stranger. Lower case. */
  email: string;
  schoolId: number;
  departmentId: number;
  fieldId: FieldId;
  admissionYear: number;
  /** One line of at most 100 characters. */
  introduction: string;
  isHiddenFromRankings: boolean;
  isFindableByCompanies: boolean;
  /** Before the first post of anyone. Milliseconds since 1970. */
  joinedAt: number;
  /** How the person writes. */
  tone: Tone;
};

export type Career = {
  /** `ownerIndex * careersPerPerson + position`: unique, with gaps where people have fewer. */
  index: number;
  ownerIndex: number;
  /** Place in the owner's order, from 0. */
  position: number;
  /** 1–20 characters. */
  name: string;
  theme: Theme;
  /** Words that all its posts share: the city of an exchange, the club, the employer. */
  words: ReadonlyMap<string, string>;
  /** Milliseconds since 1970, after the owner joined and before the first post. */
  createdAt: number;
};

export type Post = {
  index: number;
  authorIndex: number;
  /** The index and the position of one of the author's careers. */
  careerIndex: number;
  careerPosition: number;
  theme: Theme;
  /** Never empty; some hundred characters at most. */
  text: string;
  /** At most 5, normalised as the product does: lower case, no spaces, no `#`; each once. */
  tags: string[];
  /** Milliseconds since 1970; not before the post of the index before. */
  createdAt: number;
};

export type Reply = {
  authorIndex: number;
  /** The person it answers: who wrote the comment. */
  answersIndex: number;
  /** At most some hundred characters. */
  text: string;
  /** Milliseconds since 1970, after the comment. */
  createdAt: number;
};

export type Comment = {
  authorIndex: number;
  text: string;
  /** Milliseconds since 1970, after the post. */
  createdAt: number;
  /** In order of time. */
  replies: Reply[];
};

export type Like = {
  personIndex: number;
  /** Milliseconds since 1970. */
  createdAt: number;
};

/** All indexes count from 0. An index out of range is a RangeError. */
export type Population = {
  scale: PopulationScale;
  person(index: number): Person;
  /** At least one, in the owner's order. */
  careersOf(personIndex: number): Career[];
  /** Posts are in order of time. */
  post(index: number): Post;
  /** In order of time, replies under their comment. */
  commentsOn(postIndex: number): Comment[];
  /** By different people, never the author; in order of time. */
  likesOn(postIndex: number): Like[];
  /** Whom a person follows: each once, never themselves. */
  followeesOf(personIndex: number): number[];
};
