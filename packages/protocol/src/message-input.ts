/** What an encoder takes for a decoded type: everything may be left out, at any depth; what is missing has Kafka's default. */
export type MessageInput<Type> = Type extends Uint8Array | string | number | boolean | null
  ? Type
  : Type extends readonly (infer Element)[]
    ? readonly MessageInput<Element>[]
    : { readonly [Field in keyof Type]?: MessageInput<Type[Field]> | undefined };
