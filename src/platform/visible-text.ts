/** Anything but blanks and what shows nothing of itself: fillers, joiners, variation selectors, the empty Braille cell. */
const SHOWN = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether anything of a text is seen on a screen. */
export function hasVisibleText(text: string): boolean {
  return SHOWN.test(text);
}
