import type { Rule } from "../model/finding.ts";
import { declaredImports } from "./declared-imports.ts";
import { docs } from "./docs.ts";
import { documentedExports } from "./documented-exports.ts";
import { engines } from "./engines.ts";
import { errors } from "./errors.ts";
import { fileSizes } from "./file-sizes.ts";
import { forbiddenText } from "./forbidden-text.ts";
import { layers } from "./layers.ts";
import { packageShape } from "./package-shape.ts";
import { testRunners } from "./test-runners.ts";

/** Our own rules, in the order in which they are reported. */
export const allRules: readonly Rule[] = [
  layers,
  declaredImports,
  packageShape,
  fileSizes,
  testRunners,
  engines,
  errors,
  documentedExports,
  forbiddenText,
  docs,
];
