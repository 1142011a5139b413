import { afterAll, afterEach } from 'vitest';
import { failOnReports, reports } from '../support/host/sanitizer-reports.ts';

// For every test of the host: what a sanitizer found in a daemon or in a process of the driver meanwhile is this test's failure.
let before = reports();
const check = () => {
  const old = before;
  before = reports();
  failOnReports(old);
};
afterEach(check);
afterAll(check);
