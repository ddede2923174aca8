/**
 * The shell that stands between us and a child, leading a process group of its own: `sh -c SCRIPT guard command…`.
 * Its standard input is a pipe from us: when we are gone, however we ended, the read ends and the whole group gets
 * `signal`. It waits for the child's real end, also when told to stop itself, and exits as the child did.
 * @param {'TERM' | 'KILL'} signal
 */
export function buildGuardScript(signal) {
  return `
exec 9<&0 </dev/null
trap : TERM
"$@" 9<&- & child=$!
{ read -r _ <&9; kill -${signal} 0; } >/dev/null 2>&1 & guard=$!
wait "$child"; code=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
kill "$guard" 2>/dev/null
exit "$code"
`;
}
