// sarif.ts — verdicts and the catalogue in, a SARIF 2.1.0 log out, as code scanning services read it.

import { type Trouble, troubles } from '../../model/finding.ts';
import type { Verdict } from './verdict.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** What a SARIF rule says about one entry of the catalogue. */
export interface RuleText {
  readonly id: string;
  readonly title: string;
  readonly seen: string;
  readonly fix: string;
}

/** Only what is not fine becomes a result. */
export function findingsSarif(verdicts: readonly Verdict[], catalogue: readonly RuleText[]): string {
  const rules = catalogue.map(({ id, title, seen, fix }) => ({
    id,
    shortDescription: { text: title },
    fullDescription: { text: `macOS: ${seen}` },
    help: { text: fix },
  }));
  const results = verdicts.flatMap(({ path, findings }) =>
    troubles(findings).map((trouble) =>
      result(
        path,
        trouble,
        rules.findIndex(({ id }) => id === trouble.id),
      ),
    ),
  );
  const driver = { name: 'provision verify', rules };
  return JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [{ tool: { driver }, results }] }, undefined, 2);
}

function result(path: string, trouble: Trouble, ruleIndex: number) {
  const { id, level, title, seen, consequence, fix, subject } = trouble;
  return {
    ruleId: id,
    ruleIndex,
    level: level === 'fail' ? 'error' : 'warning',
    message: { text: `${title}\n${seen}\nmacOS: ${consequence}\nFix: ${fix}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(fileOf(path, subject)) } } }],
    properties: {
      rule: trouble.rule,
      stage: trouble.stage,
      confidence: trouble.confidence,
      reached: trouble.reached,
      related: trouble.related,
    },
  };
}

/** A subject is a path below what was checked, or names that itself. */
export function fileOf(path: string, subject: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (subject === '' || subject === name || subject === path) return path;
  return subject.startsWith(`${name}/`)
    ? `${path.slice(0, path.length - name.length)}${subject}`
    : `${path}/${subject}`;
}
