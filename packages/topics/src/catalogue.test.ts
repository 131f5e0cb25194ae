import { bytes } from "@millrace/serdes";
import { expect, test } from "vitest";
import { defineCatalogue } from "./catalogue.ts";
import { defineTopic } from "./topic.ts";

const topic = (name: string) => defineTopic({ name, key: bytes(), value: bytes() });

test("a catalogue finds its topics by name and keeps their order", () => {
  const orders = topic("orders");
  const invoices = topic("invoices");
  const catalogue = defineCatalogue([orders, invoices]);
  expect(catalogue.find("invoices")).toBe(invoices);
  expect(catalogue.find("toString")).toBeUndefined();
  expect(catalogue.topics).toEqual([orders, invoices]);
  expect(Object.isFrozen(catalogue) && Object.isFrozen(catalogue.topics)).toBe(true);
});

test("a name that is there twice and names a broker cannot tell apart are reported together", () => {
  expect(() =>
    defineCatalogue([topic("a"), topic("a"), topic("shop.order_placed"), topic("shop_order.placed"), topic("shop-order-placed")]),
  ).toThrow(
    'catalogue: topic "a" is there twice; topics "shop.order_placed" and "shop_order.placed" differ only by "." and "_", and a broker allows only one of them',
  );
});

test("an empty catalogue is legal", () => {
  expect(defineCatalogue([]).topics).toEqual([]);
});
