import type { BaseConfig } from "./base-config.ts";

/**
 * Makes a configuration class validate itself once after its whole constructor, its own fields included, and log each warning with the logger that it was
 * given. Construction never throws for an invalid configuration; using it (`validate`, `ensureValid`) does. A decorator (`@autoValidateAfterInit`) or a plain
 * call: `const MyConfig = autoValidateAfterInit(class extends BaseConfig { ... })`. A class that extends the result without being decorated itself is
 * validated in the next microtask, when its constructor has run, too.
 */
export function autoValidateAfterInit<Class extends new (...given: never[]) => BaseConfig>(
  target: Class,
  _context?: ClassDecoratorContext,
): Class {
  // A proxy, so that the class keeps its name and its statics.
  const proxy: Class = new Proxy(target, {
    construct(constructed, given, newTarget) {
      const config = Reflect.construct(constructed, given, newTarget) as BaseConfig;
      validateAfterInit(config, newTarget === proxy);
      return config;
    },
  });
  return proxy;
}

/** The last step of a constructor; `isOutermost` when no constructor of a subclass has still to run. */
export function validateAfterInit(config: BaseConfig, isOutermost: boolean): void {
  if (isOutermost) config.autoValidate();
  else queueMicrotask(() => config.autoValidate());
}
