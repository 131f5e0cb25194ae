/** What the benchmarks encode: nested records, an enum, unions, an array, a map; about 200 bytes of Avro each. */
export interface SampleOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly placedAt: number;
  readonly total: number;
  readonly currency: "EUR" | "USD" | "GBP";
  readonly note: string | null;
  readonly shipping: { readonly street: string; readonly city: string; readonly postalCode: string; readonly country: string };
  readonly items: readonly { readonly sku: string; readonly name: string; readonly quantity: number; readonly price: number }[];
  readonly labels: Readonly<Record<string, string>>;
}

/** The Avro schema of `SampleOrder`. */
export const sampleOrderSchema = {
  type: "record",
  name: "OrderPlaced",
  namespace: "millrace.bench",
  fields: [
    { name: "orderId", type: "string" },
    { name: "customerId", type: "string" },
    { name: "placedAt", type: "long" },
    { name: "total", type: "double" },
    { name: "currency", type: { type: "enum", name: "Currency", symbols: ["EUR", "USD", "GBP"] } },
    { name: "note", type: ["null", "string"], default: null },
    {
      name: "shipping",
      type: {
        type: "record",
        name: "Address",
        fields: [
          { name: "street", type: "string" },
          { name: "city", type: "string" },
          { name: "postalCode", type: "string" },
          { name: "country", type: "string" },
        ],
      },
    },
    {
      name: "items",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "Item",
          fields: [
            { name: "sku", type: "string" },
            { name: "name", type: "string" },
            { name: "quantity", type: "int" },
            { name: "price", type: "double" },
          ],
        },
      },
    },
    { name: "labels", type: { type: "map", values: "string" } },
  ],
};

/** A newer version of it: without the note, with a priority. */
export const readerOrderSchema = {
  ...sampleOrderSchema,
  fields: [...sampleOrderSchema.fields.filter(({ name }) => name !== "note"), { name: "priority", type: "int", default: 0 }],
};

const text = { type: "string" };

/** The JSON Schema of `SampleOrder`. */
export const sampleOrderJsonSchema = {
  type: "object",
  properties: {
    orderId: text,
    customerId: text,
    placedAt: { type: "integer" },
    total: { type: "number" },
    currency: { type: "string", enum: ["EUR", "USD", "GBP"] },
    note: { type: ["string", "null"] },
    shipping: {
      type: "object",
      properties: { street: text, city: text, postalCode: text, country: text },
      required: ["street", "city", "postalCode", "country"],
    },
    items: {
      type: "array",
      items: {
        type: "object",
        properties: { sku: text, name: text, quantity: { type: "integer" }, price: { type: "number" } },
        required: ["sku", "name", "quantity", "price"],
      },
    },
    labels: { type: "object", additionalProperties: text },
  },
  required: ["orderId", "customerId", "placedAt", "total", "currency", "note", "shipping", "items", "labels"],
};

/** The .proto file of `SampleOrder`; a currency is text, as the peers take an enum's numbers and not its names. */
export const sampleOrderProto = `syntax = "proto3";
package millrace.bench;

message OrderPlaced {
  string order_id = 1;
  string customer_id = 2;
  int64 placed_at = 3;
  double total = 4;
  string currency = 5;
  optional string note = 6;
  Address shipping = 7;
  repeated Item items = 8;
  map<string, string> labels = 9;

  message Address {
    string street = 1;
    string city = 2;
    string postal_code = 3;
    string country = 4;
  }

  message Item {
    string sku = 1;
    string name = 2;
    int32 quantity = 3;
    double price = 4;
  }
}
`;

/** 1,024 different orders, the same ones every time, as they would come from a request's JSON: their strings are not pieced together. */
export const sampleOrders = JSON.parse(JSON.stringify(generated(1_024))) as readonly SampleOrder[];

function generated(count: number): SampleOrder[] {
  const cities = ["Köln", "Springfield", "Rotterdam", "Saint-Étienne", "Leeds"];
  const products = ["ceramic mug", "notebook, dotted", "desk lamp with dimmer", "usb-c cable"];
  return Array.from({ length: count }, (_, index) => ({
    orderId: `ord-${String(index * 7_919).padStart(10, "0")}`,
    customerId: `customer-${(index * 104_729) % 50_000}`,
    placedAt: 1_760_000_000_000 + index * 1_003,
    total: Math.round(137 + index * 137) / 100,
    currency: (["EUR", "USD", "GBP"] as const)[index % 3]!,
    note: index % 2 === 0 ? null : "leave it with the neighbour, please",
    shipping: {
      street: `${index % 300} Long Acre Street`,
      city: cities[index % cities.length]!,
      postalCode: String(10_000 + (index % 80_000)),
      country: index % 4 === 0 ? "DE" : "US",
    },
    items: Array.from({ length: 1 + (index % 4) }, (__, position) => ({
      sku: `sku-${index}-${position}`,
      name: products[(index + position) % products.length]!,
      quantity: 1 + ((index + position) % 5),
      price: (position + 1) * 2.25,
    })),
    labels: { channel: index % 2 === 0 ? "web" : "app", campaign: `autumn-${index % 12}` },
  }));
}
