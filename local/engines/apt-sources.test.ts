import { describe, expect, it } from 'vitest';
import { chooseDebianSource, parseDeb822Sources, parseOneLineSources } from './apt-sources.ts';

const DEB822 = `Types: deb
# a remark
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb deb-src
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://switched-off.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://inline-key.example/apt
Suites: nodistro
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF
 -----END PGP PUBLIC KEY BLOCK-----
`;

const ONE_LINE = `# deb http://commented.example/debian bookworm main
deb-src http://mirror.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/apt/keyrings/node.gpg] https://node.example/node_20.x nodistro main
deb http://mirror.example/debian-security bookworm-security main
deb http://mirror.example/debian bookworm main contrib # a remark
`;

describe('parseDeb822Sources', () => {
  it('reads enabled binary entries, their lists and their key file', () => {
    const sources = parseDeb822Sources(DEB822);
    expect(sources.map((source) => source.uri)).toEqual([
      'http://mirror.example/debian',
      'http://mirror.example/debian-security',
      'http://inline-key.example/apt',
    ]);
    expect(sources[0]).toEqual({
      uri: 'http://mirror.example/debian',
      suites: ['bookworm', 'bookworm-updates'],
      components: ['main'],
      signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
    });
    expect(sources[2]?.signedBy).toBeUndefined();
  });

  it('reads fields that go on over several lines', () => {
    const [source] = parseDeb822Sources(
      'Types: deb\nURIs:\n http://a.example/debian\nSuites: bookworm\nComponents:\n main\n contrib\n',
    );
    expect(source).toMatchObject({ uri: 'http://a.example/debian', components: ['main', 'contrib'] });
  });
});

describe('parseOneLineSources', () => {
  it('reads binary entries with and without options', () => {
    expect(parseOneLineSources(ONE_LINE)).toEqual([
      {
        uri: 'https://node.example/node_20.x',
        suites: ['nodistro'],
        components: ['main'],
        signedBy: '/etc/apt/keyrings/node.gpg',
      },
      {
        uri: 'http://mirror.example/debian-security',
        suites: ['bookworm-security'],
        components: ['main'],
        signedBy: undefined,
      },
      {
        uri: 'http://mirror.example/debian',
        suites: ['bookworm'],
        components: ['main', 'contrib'],
        signedBy: undefined,
      },
    ]);
  });
});

describe('chooseDebianSource', () => {
  it("takes Debian's own suite from either format", () => {
    expect(chooseDebianSource(parseDeb822Sources(DEB822), 'bookworm')?.uri).toBe(
      'http://mirror.example/debian',
    );
    expect(chooseDebianSource(parseOneLineSources(ONE_LINE), 'bookworm')?.uri).toBe(
      'http://mirror.example/debian',
    );
  });

  it('finds none where only third parties and security are listed', () => {
    expect(chooseDebianSource(parseOneLineSources(ONE_LINE), 'trixie')).toBeUndefined();
  });
});
