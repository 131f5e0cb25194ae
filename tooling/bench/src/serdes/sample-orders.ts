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

/** `count` different orders, the same ones every time, as they would come from a request's JSON: their strings are not pieced together. */
export function sampleOrders(count: number): SampleOrder[] {
  return JSON.parse(JSON.stringify(generated(count))) as SampleOrder[];
}

function generated(count: number): SampleOrder[] {
  const cities = ["Köln", "Springfield", "Rotterdam", "Saint-Étienne", "Leeds"];
  const products = ["ceramic mug", "notebook, dotted", "desk lamp with dimmer", "usb-c cable"];
  return Array.from({ length: count }, (_, index) => ({
    orderId: `ord-${String(index * 7_919).padStart(10, "0")}`,
    customerId: `customer-${(index * 104_729) % 50_000}`,
    placedAt: 1_760_000_000_000 + index * 1_003,
    total: Math.round(index * 137) / 100,
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
