// A provider by others (oidc-provider, certified for OpenID Connect), with three people; its login takes any password.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [back, secret] = process.argv.slice(2);
const PEOPLE = {
  brandt: { roles: ['staff', 'kg-kuemmerer'], department: '4711' },
  rahmann: { roles: ['kg-pruefung'] },
  fremd: { roles: ['something-else'] },
};
const said = {
  clients: [{
    client_id: 'kuemmerer-gateway', client_secret: secret, redirect_uris: [back],
    response_types: ['code'], grant_types: ['authorization_code'],
  }],
  claims: { openid: ['sub', 'roles', 'department'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ['only-for-this-test'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
};
const server = createServer().listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on('request', new Provider(issuer, said).callback());
  console.log(`ready ${issuer}`);
});
