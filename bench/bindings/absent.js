/** In place of R2 and Images, which plain workerd does not have: what is measured must not need them. */
// oxlint-disable-next-line import/no-default-export -- workerd calls the default export of a wrapped binding
export default function makeAbsent() {
  async function refuse() {
    throw new Error('There is no R2 and no Images in the bench.');
  }
  return {
    put: refuse,
    get: refuse,
    head: refuse,
    delete: refuse,
    list: refuse,
    input: refuse,
    info: refuse,
  };
}
