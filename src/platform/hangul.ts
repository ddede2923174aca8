/** Korean text as people type and search it. Pure functions; es-hangul does the splitting of syllables. */
import { disassemble, getChoseong } from 'es-hangul';

const choseongQuery = /^[ㄱ-ㅎ]+$/;
const whitespace = /\s+/g;
const notLetterNorDigit = /[^\p{L}\p{M}\p{N}]+/gu;

/** The initial consonant (초성) of every Hangul syllable; all other characters stay: `한국 IT` is `ㅎㄱ IT`. */
export function choseong(text: string): string {
  return getChoseong(text, { keepNonHangul: true }).normalize('NFC');
}

/** Whether the text is nothing but consonants ㄱ–ㅎ (spaces ignored), so that it is meant as a 초성 search. */
export function isChoseongQuery(text: string): boolean {
  return choseongQuery.test(text.replace(whitespace, ''));
}

/**
 * The form in which texts are compared for search: lower case, NFC, letters and digits only. `R&D`, `r & d` and
 * `RD` are one; so are `한국 대학교` and `한국대학교`. Not NFKC, which would turn typed jamo into another alphabet.
 */
export function normalizeForSearch(text: string): string {
  return text.toLowerCase().normalize('NFC').replace(notLetterNorDigit, '');
}

/**
 * Every syllable as the keys that type it, in compatibility jamo: `한국` is `ㅎㅏㄴㄱㅜㄱ`, `값` is `ㄱㅏㅂㅅ`, `ㄳ` is `ㄱㅅ`.
 * Text that is still being typed is then a plain prefix of what it will become: `한구` of `한국`, `골` of `고려`.
 */
export function decompose(text: string): string {
  return disassemble(text.normalize('NFC'));
}
