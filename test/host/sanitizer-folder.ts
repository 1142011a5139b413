import { collectReports, failOnReports } from '../support/host/sanitizer-reports.ts';

/** Before all files of a run, and behind them: a process may find something when the test that started it has ended. */
export default function collect(): () => void {
  const remove = collectReports();
  return () => {
    try {
      failOnReports();
    } finally {
      remove();
    }
  };
}
