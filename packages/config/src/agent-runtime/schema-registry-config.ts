import { isInternalHost } from "../validators/internal-address.ts";
import { validateAfterInit } from "./auto-validate.ts";
import { BaseConfig, type BaseConfigOptions } from "./base-config.ts";
import { readConfigValues } from "./config-values.ts";
import { type ValidationResult, validationResult } from "./validation-result.ts";

/** The values of a `SchemaRegistryConfig`. */
export interface SchemaRegistryValues {
  /** @default "http://localhost:8081" */
  readonly url?: string | undefined;
  /** Also `username`. */
  readonly api_key?: string | undefined;
  /** Also `password`. */
  readonly api_secret?: string | undefined;
  /** PEM file of the authorities to trust; needs the two files below. */
  readonly ssl_ca_location?: string | undefined;
  /** PEM file of this client's certificate. Also `ssl_certificate_location`. */
  readonly ssl_cert_location?: string | undefined;
  /** PEM file of the key to the certificate. */
  readonly ssl_key_location?: string | undefined;
}

/** How the agents' extension for Kafka reaches the schema registry. Construction never throws; `validate` and `ensureValid` do. */
export class SchemaRegistryConfig extends BaseConfig {
  readonly url: string;
  readonly api_key: string | undefined;
  readonly api_secret: string | undefined;
  readonly ssl_ca_location: string | undefined;
  readonly ssl_cert_location: string | undefined;
  readonly ssl_key_location: string | undefined;
  readonly #errors: readonly string[];
  readonly #unknown: readonly string[];

  constructor(given: SchemaRegistryValues = {}, options: BaseConfigOptions = {}) {
    super(options);
    const values = readConfigValues(given);
    this.url = values.text("url") ?? "http://localhost:8081";
    this.api_key = values.text("api_key", "username");
    this.api_secret = values.text("api_secret", "password");
    this.ssl_ca_location = values.text("ssl_ca_location");
    this.ssl_cert_location = values.text("ssl_cert_location", "ssl_certificate_location");
    this.ssl_key_location = values.text("ssl_key_location");
    this.#errors = values.errors;
    this.#unknown = values.unknown();
    validateAfterInit(this, new.target === SchemaRegistryConfig);
  }

  /**
   * Reads values of any origin, such as a file.
   * @throws ConfigValidationError (`CONFIG_VALIDATION_FAILED`) for what is no map of settings.
   */
  static fromObject(values: unknown, options: BaseConfigOptions = {}): SchemaRegistryConfig {
    return new SchemaRegistryConfig(values as SchemaRegistryValues, options);
  }

  /** What basic authentication sends: key and secret with a colon between them; undefined without a key. A secret. */
  basicAuthUserInfo(): string | undefined {
    return this.api_key === undefined || this.api_secret === undefined ? undefined : `${this.api_key}:${this.api_secret}`;
  }

  protected override validateImplementation(): ValidationResult {
    const errors = [...this.#errors];
    const warnings = [...this.#unknown];
    const { api_key, api_secret } = this;
    const isSet = (value: string | undefined): boolean => value !== undefined && value !== "";
    // The address itself is not told: it may hold a password.
    const address = URL.parse(this.url);
    if (this.url.trim() === "") errors.push("url cannot be empty");
    else if (address === null || !["http:", "https:"].includes(address.protocol)) errors.push("url must begin with http:// or https://");
    if (isSet(api_key) && !isSet(api_secret)) errors.push("api_secret is required when api_key is set");
    if (isSet(api_secret) && !isSet(api_key)) errors.push("api_key is required when api_secret is set");
    if (isSet(this.ssl_ca_location) && !(isSet(this.ssl_cert_location) && isSet(this.ssl_key_location)))
      errors.push("ssl_ca_location needs ssl_cert_location and ssl_key_location");
    if (!isSet(api_key) && !isSet(api_secret)) warnings.push("no authentication is configured");
    if (address?.protocol === "http:" && !isThisMachine(address.hostname))
      warnings.push("http:// is not encrypted; use https:// for any other host than localhost");
    return validationResult({ errors, warnings });
  }
}

function isThisMachine(hostname: string): boolean {
  const host = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  return host === "::1" || host.startsWith("127.") || (/[a-z]/.test(host) && !host.includes(":") && isInternalHost(host) === true);
}
