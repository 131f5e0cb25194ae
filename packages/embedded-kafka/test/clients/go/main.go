// Command clients drives a Kafka with one of three Go clients and prints what it saw as JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"
)

// A scenario does one thing with a broker, under names that begin with the prefix, and gives what it saw.
type scenario func(ctx context.Context, broker, prefix string) (any, error)

var scenarios = map[string]map[string]scenario{
	"franz-go": {"records": franzRecords, "group": franzGroup, "admin": franzAdmin, "transactions": franzTransactions},
	"sarama":   {"records": saramaRecords, "group": saramaGroup, "admin": saramaAdmin, "transactions": saramaTransactions},
	"kafka-go": {"records": segmentRecords, "group": segmentGroup, "admin": segmentAdmin},
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 5 {
		log.Fatal("usage: clients CLIENT SCENARIO BROKER PREFIX")
	}
	run, known := scenarios[os.Args[1]][os.Args[2]]
	if !known {
		log.Fatalf("there is no scenario %s of %s", os.Args[2], os.Args[1])
	}
	ctx, cancel := context.WithTimeout(context.Background(), 45*time.Second)
	defer cancel()
	seen, err := run(ctx, os.Args[3], os.Args[4])
	if err != nil {
		log.Fatalf("%s of %s failed: %v", os.Args[2], os.Args[1], err)
	}
	printed, err := json.Marshal(seen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(printed))
}

// What every records scenario writes and expects to read: a key, a value with a header, and at the end a tombstone.
const recordCount = 20

// Record is a record as a scenario saw it.
type Record struct {
	Offset  int64             `json:"offset"`
	Key     string            `json:"key"`
	Value   *string           `json:"value"`
	Headers map[string]string `json:"headers"`
}

func recordAt(index int) (key, value []byte, header string) {
	key = fmt.Appendf(nil, "key-%d", index)
	if index < recordCount-1 {
		value = fmt.Appendf(nil, "value-%d", index)
	}
	return key, value, fmt.Sprintf("header-%d", index)
}

func seenRecord(offset int64, key, value []byte, headers map[string]string) Record {
	seen := Record{Offset: offset, Key: string(key), Headers: headers}
	if value != nil {
		text := string(value)
		seen.Value = &text
	}
	return seen
}

// waitUntil looks every few milliseconds until the condition holds.
func waitUntil(ctx context.Context, what string, holds func() bool) error {
	for !holds() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited in vain: %s", what)
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}
