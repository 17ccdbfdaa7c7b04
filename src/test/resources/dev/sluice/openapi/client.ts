// Makes, watches and deletes an export with the client that is generated from the service's description.
import { Configuration, EventsApi, ExportsApi, ResponseError } from './sluice';

declare const process: { argv: string[]; exit(status: number): never };

const configuration = new Configuration({ basePath: process.argv[2], accessToken: process.argv[3] });
const exports_ = new ExportsApi(configuration);

async function refused(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof ResponseError) {
      return `${error.response.status} ${(await error.response.json()).type}`;
    }
    throw error;
  }
  return 'nothing';
}

async function main(): Promise<void> {
  const wanted = { name: 'made', peer: 'http', direction: 'write', size: '1M', labels: { by: 'client' } } as const;
  const made = await exports_.createExport({ exportRequest: wanted });
  console.log(`made: ${made.state} ${made.size} ${made.data?.url}`);
  console.log(`again: ${await refused(exports_.createExport({ exportRequest: wanted }))}`);
  const changed = await exports_.changeExport({ name: 'made', changeRequest: { rateLimit: 4096 } });
  console.log(`changed: ${changed.rateLimit}`);
  const listed = await exports_.listExports({ label: ['by=client'], state: ['WAITING', 'STREAMING'] });
  console.log(`listed: ${listed.exports.map((each) => each.name)} ${listed.exports[0].createdAt.getTime() > 0}`);
  const told = new EventsApi(configuration).watchExport({ name: 'made' });
  const ended = exports_.getExport({ name: 'made', waitFor: 'ended', timeout: '1m' });
  await new Promise((done) => setTimeout(done, 100)); // or it could be gone before anybody waits
  await exports_.deleteExport({ name: 'made', force: true });
  console.log(`ended: ${(await ended).state}`);
  console.log(`told: ${/^event: (deleted|export)$/m.test((await told) ?? '')}`);
  console.log(`gone: ${await refused(exports_.getExport({ name: 'made' }))}`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
