// MedplumClient, as it comes, against a FHIR server: node talk.mjs BASE; prints one line a check (TAP).
import { MedplumClient, OperationOutcomeError } from '@medplum/core';

const address = new URL(process.argv[2]);
const client = new MedplumClient({ baseUrl: address.origin, fhirUrlPath: address.pathname });
const NUMBERS = 'https://kuemmerer.example/number';
const run = `medplum-${Date.now()}`;

async function check(name, act) {
  try {
    await act();
    console.log(`ok - ${name}`);
  } catch (reason) {
    const told = reason instanceof OperationOutcomeError ? JSON.stringify(reason.outcome.issue) : `${reason}`;
    console.log(`not ok - ${name} # ${told.replaceAll(/\s+/g, ' ').slice(0, 300)}`);
  }
}

function hold(fact, sentence) {
  if (!fact) {
    throw new Error(sentence);
  }
}

async function refused(promise) {
  const outcome = await promise.then(
    () => undefined,
    (reason) => reason.outcome,
  );
  hold(outcome?.resourceType === 'OperationOutcome', 'was not refused with an OperationOutcome');
  hold(outcome.issue?.[0]?.severity === 'error', 'the refusal says no error');
  return outcome;
}

const person = (number, family = 'Brinkmann') => ({
  resourceType: 'Patient',
  identifier: [{ system: NUMBERS, value: `${run}-${number}` }],
  name: [{ use: 'official', family, given: ['Änne'] }],
  gender: 'female',
  birthDate: '1938-09-03',
});
const ref = (resource) => ({ reference: `${resource.resourceType}/${resource.id}` });
const referral = (subject) => ({
  resourceType: 'ServiceRequest',
  status: 'active',
  intent: 'order',
  code: { text: 'Hilfe zu Hause' },
  subject,
});
const task = (focus, patient, site) => ({
  resourceType: 'Task',
  status: 'requested',
  intent: 'order',
  code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] },
  focus,
  for: patient,
  requester: site,
  owner: site,
});

let patient;
let site;
let order;
let duty;

await check('createResource', async () => {
  patient = await client.createResource(person(1));
  hold(patient.id && patient.meta.versionId && patient.meta.lastUpdated, 'no id, version or time');
});
await check('readResource gives what was created', async () => {
  const read = await client.readResource('Patient', patient.id);
  hold(read.name[0].given[0] === 'Änne', 'another name');
});
await check('readResource of nobody is not found', async () => {
  hold((await refused(client.readResource('Patient', 'nobody-of-this-name'))).id !== 'ok', 'found');
});
await check('readReference', async () => {
  hold((await client.readReference(ref(patient))).id === patient.id, 'another one');
});
await check('updateResource', async () => {
  const changed = await client.updateResource({ ...patient, gender: 'other' });
  hold(changed.gender === 'other' && changed.meta.versionId !== patient.meta.versionId, 'not changed');
});
await check('updateResource with If-Match of an older version is refused', async () => {
  const headers = { 'If-Match': `W/"${patient.meta.versionId}"` };
  await refused(client.updateResource({ ...patient, gender: 'male' }, { headers }));
});
await check('patchResource by JSON Patch', async () => {
  const done = await client.patchResource('Patient', patient.id, [{ op: 'replace', path: '/gender', value: 'female' }]);
  hold(done.gender === 'female', 'not changed');
});
await check('patchResource whose test fails is refused', async () => {
  await refused(client.patchResource('Patient', patient.id, [{ op: 'test', path: '/gender', value: 'male' }]));
});
await check('readHistory has every version', async () => {
  hold((await client.readHistory('Patient', patient.id)).entry.length === 3, 'not three versions');
});
await check('readVersion', async () => {
  const first = await client.readVersion('Patient', patient.id, patient.meta.versionId);
  hold(first.meta.versionId === patient.meta.versionId && first.gender === 'female', 'another version');
});
await check('createResourceIfNoneExist creates once', async () => {
  const query = `identifier=${NUMBERS}|${run}-2`;
  const first = await client.createResourceIfNoneExist(person(2), query);
  hold((await client.createResourceIfNoneExist(person(2), query)).id === first.id, 'two were made');
});
await check('upsertResource creates, then updates', async () => {
  const query = { identifier: `${NUMBERS}|${run}-3` };
  const first = await client.upsertResource(person(3), query);
  const second = await client.upsertResource({ ...person(3), gender: 'other' }, query);
  hold(first.id === second.id && second.gender === 'other', 'not the same one');
});
await check('searchOne by identifier', async () => {
  const found = await client.searchOne('Patient', { identifier: `${NUMBERS}|${run}-1` });
  hold(found?.id === patient.id, 'another one or none');
});
await check('search by several parameters, with total', async () => {
  const query = `family=brinkm&birthdate=1938-09-03&_total=accurate&identifier=${NUMBERS}|${run}-1,${NUMBERS}|${run}-2`;
  const found = await client.search('Patient', query);
  hold(found.total === 2 && found.entry.every((entry) => entry.search.mode === 'match'), `total ${found.total}`);
});
await check('executeBatch with a transaction', async () => {
  const entry = (fullUrl, resource) => ({
    fullUrl,
    resource,
    request: { method: 'POST', url: resource.resourceType },
  });
  const [one, two, three] = [0, 1, 2].map(() => `urn:uuid:${crypto.randomUUID()}`);
  const answered = await client.executeBatch({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      entry(three, task({ reference: two }, ref(patient), { reference: one })),
      entry(one, { resourceType: 'Organization', name: 'Stelle Senne' }),
      entry(two, referral(ref(patient))),
    ],
  });
  hold(answered.type === 'transaction-response', answered.type);
  hold(answered.entry.every((each) => each.response.status.startsWith('201')), 'not all were created');
  const made = answered.entry.map((each) => {
    const [type, id] = each.response.location.replace(/.*\/fhir\//, '').split('/');
    return client.readResource(type, id);
  });
  [duty, site, order] = await Promise.all(made);
  hold(duty.focus.reference === `ServiceRequest/${order.id}`, `focus is ${duty.focus.reference}`);
  hold(duty.owner.reference === `Organization/${site.id}`, `owner is ${duty.owner.reference}`);
});
await check('executeBatch with a batch: each for itself', async () => {
  const entry = [
    { request: { method: 'GET', url: `Patient/${patient.id}` } },
    { request: { method: 'GET', url: `Patient?identifier=${NUMBERS}|${run}-1` } },
    { request: { method: 'GET', url: 'Patient/nobody-of-this-name' } },
    { request: { method: 'POST', url: 'Patient' }, resource: person(4) },
  ];
  const answered = await client.executeBatch({ resourceType: 'Bundle', type: 'batch', entry });
  const told = answered.entry.map((each) => each.response.status.slice(0, 3)).join(' ');
  hold(told === '200 200 404 201', told);
  hold(answered.entry[1].resource.resourceType === 'Bundle', 'the search gave no Bundle');
});
await check('a transaction of which one part is wrong does nothing', async () => {
  const entry = [
    { request: { method: 'POST', url: 'Patient' }, resource: person(5) },
    { request: { method: 'PUT', url: 'Task/nobody-of-this-name' }, resource: { resourceType: 'Task', status: 7 } },
  ];
  await refused(client.executeBatch({ resourceType: 'Bundle', type: 'transaction', entry }));
  hold(!(await client.searchOne('Patient', { identifier: `${NUMBERS}|${run}-5` })), 'half of it was done');
});
await check('search of Tasks by patient, owner and status', async () => {
  const query = { patient: `Patient/${patient.id}`, owner: `Organization/${site.id}`, status: 'requested' };
  const found = await client.searchResources('Task', query);
  hold(found.length === 1 && found[0].id === duty.id, `${found.length} found`);
});
await check('search with a chain', async () => {
  const found = await client.searchResources('Task', `patient.identifier=${NUMBERS}|${run}-1`);
  hold(found.some((each) => each.id === duty.id), 'not found');
});
await check('search with _has', async () => {
  const found = await client.searchResources('Patient', `_has:Task:patient:_id=${duty.id}`);
  hold(found.length === 1 && found[0].id === patient.id, `${found.length} found`);
});
await check('search with _include and _revinclude', async () => {
  const found = await client.search('ServiceRequest', {
    _id: order.id,
    _include: 'ServiceRequest:patient',
    _revinclude: 'Task:focus',
  });
  const types = found.entry.map((entry) => `${entry.resource.resourceType}:${entry.search.mode}`).sort();
  hold(types.join(' ') === 'Patient:include ServiceRequest:match Task:include', types.join(' '));
});
await check('searchResourcePages goes through all pages', async () => {
  const entry = [...Array(7).keys()].map((n) => ({
    request: { method: 'POST', url: 'Patient' },
    resource: person(100 + n, `Seitenweise${run.replaceAll(/\W/g, '')}`),
  }));
  await client.executeBatch({ resourceType: 'Bundle', type: 'batch', entry });
  const seen = [];
  const query = { family: `Seitenweise${run.replaceAll(/\W/g, '')}`, _count: '3', _sort: '-_lastUpdated' };
  for await (const page of client.searchResourcePages('Patient', query)) {
    hold(page.length <= 3, 'a page is too long');
    seen.push(...page.map((each) => each.id));
  }
  hold(seen.length === 7 && new Set(seen).size === 7, `${seen.length} seen`);
});
await check('search with _elements and _summary=count', async () => {
  const some = await client.search('Patient', { _id: patient.id, _elements: 'birthDate' });
  hold(some.entry[0].resource.birthDate && !some.entry[0].resource.name, 'more than was asked');
  const count = await client.search('Patient', { _id: patient.id, _summary: 'count' });
  hold(count.total === 1 && !count.entry?.length, 'no mere count');
});
await check('a Task moved without saying from which version is refused', async () => {
  await refused(client.patchResource('Task', duty.id, [{ op: 'replace', path: '/status', value: 'received' }]));
});
await check('a Task is moved by patchResource with If-Match', async () => {
  const headers = { 'If-Match': `W/"${duty.meta.versionId}"` };
  const wish = [{ op: 'replace', path: '/status', value: 'received' }];
  const done = await client.patchResource('Task', duty.id, wish, { headers });
  hold(done.status === 'received', done.status);
});
await check('a Task moved where it may not go is refused, and says what it may', async () => {
  const now = await client.readResource('Task', duty.id);
  const headers = { 'If-Match': `W/"${now.meta.versionId}"` };
  const told = JSON.stringify(await refused(client.updateResource({ ...now, status: 'draft' }, { headers })));
  hold(told.includes('accepted'), told);
});
await check('validateResource accepts what is right and names what is wrong', async () => {
  const right = await client.validateResource(person(6));
  hold(!right.issue.some((issue) => ['error', 'fatal'].includes(issue.severity)), JSON.stringify(right.issue));
  const wrong = await client.validateResource({ ...person(6), gender: 'weiblich' }).catch((reason) => reason.outcome);
  hold(wrong.issue.some((issue) => ['error', 'fatal'].includes(issue.severity)), 'nothing was found wrong');
});
await check('an unknown search parameter is refused or said to be ignored', async () => {
  const found = await client.search('Patient', { _id: patient.id, colour: 'red' }).catch((reason) => reason.outcome);
  const self = found.link?.find((each) => each.relation === 'self')?.url ?? '';
  hold(found.resourceType === 'OperationOutcome' || !self.includes('colour'), self);
});
await check('deleteResource is refused', async () => {
  await refused(client.deleteResource('Patient', patient.id));
  hold((await client.readResource('Patient', patient.id)).id === patient.id, 'gone');
});
