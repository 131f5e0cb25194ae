package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Transacted is what a reader of committed records sees after a commit, an abort, and a copy of input to output with its offset.
type Transacted struct {
	Input  []Record `json:"input"`
	Output []Record `json:"output"`
	// Where the group that copied is.
	Committed int64 `json:"committed"`
}

func franzTransactions(ctx context.Context, broker, prefix string) (any, error) {
	input, output, group := prefix+"-input", prefix+"-output", prefix+"-group"
	session, err := kgo.NewGroupTransactSession(
		kgo.SeedBrokers(broker), kgo.TransactionalID(prefix), kgo.ConsumerGroup(group), kgo.ConsumeTopics(input),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.AllowAutoTopicCreation(),
	)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	producer, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.TransactionalID(prefix+"-source"), kgo.AllowAutoTopicCreation())
	if err != nil {
		return nil, err
	}
	defer producer.Close()
	for _, step := range []struct {
		value  string
		commit kgo.TransactionEndTry
	}{{"kept", kgo.TryCommit}, {"dropped", kgo.TryAbort}, {"kept too", kgo.TryCommit}} {
		if err := producer.BeginTransaction(); err != nil {
			return nil, err
		}
		if err := producer.ProduceSync(ctx, &kgo.Record{Topic: input, Value: []byte(step.value)}).FirstErr(); err != nil {
			return nil, err
		}
		if err := producer.EndTransaction(ctx, step.commit); err != nil {
			return nil, err
		}
	}
	for copied := 0; copied < 2; {
		fetches := session.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return nil, err
		}
		if err := session.Begin(); err != nil {
			return nil, err
		}
		fetches.EachRecord(func(record *kgo.Record) {
			copied++
			session.Produce(ctx, &kgo.Record{Topic: output, Value: record.Value}, nil)
		})
		if committed, err := session.End(ctx, kgo.TryCommit); err != nil || !committed {
			return nil, fmt.Errorf("the copy was not committed: %w", err)
		}
	}
	seen := Transacted{}
	if seen.Input, err = franzRead(ctx, broker, input, 2); err != nil {
		return nil, err
	}
	if seen.Output, err = franzRead(ctx, broker, output, 2); err != nil {
		return nil, err
	}
	offsets, err := kadm.NewClient(producer).FetchOffsets(ctx, group)
	if err != nil {
		return nil, err
	}
	offset, _ := offsets.Lookup(input, 0)
	seen.Committed = offset.At
	return seen, nil
}

func saramaTransactions(ctx context.Context, broker, prefix string) (any, error) {
	input, output, group := prefix+"-input", prefix+"-output", prefix+"-group"
	config := saramaConfig()
	config.Producer.Idempotent = true
	config.Producer.Transaction.ID = prefix
	config.Net.MaxOpenRequests = 1
	producer, err := sarama.NewSyncProducer([]string{broker}, config)
	if err != nil {
		return nil, err
	}
	defer producer.Close()
	send := func(topic string, value []byte) error {
		_, _, err := producer.SendMessage(&sarama.ProducerMessage{Topic: topic, Value: sarama.ByteEncoder(value)})
		return err
	}
	for _, step := range []struct {
		value string
		end   func() error
	}{{"kept", producer.CommitTxn}, {"dropped", producer.AbortTxn}, {"kept too", producer.CommitTxn}} {
		if err := errors.Join(producer.BeginTxn(), send(input, []byte(step.value)), step.end()); err != nil {
			return nil, err
		}
	}
	seen := Transacted{}
	if seen.Input, err = saramaRead(ctx, broker, input, 2); err != nil {
		return nil, err
	}
	if err := producer.BeginTxn(); err != nil {
		return nil, err
	}
	for _, record := range seen.Input {
		if err := send(output, []byte(*record.Value)); err != nil {
			return nil, err
		}
	}
	next := seen.Input[1].Offset + 1
	offsets := map[string][]*sarama.PartitionOffsetMetadata{input: {{Partition: 0, Offset: next}}}
	if err := errors.Join(producer.AddOffsetsToTxn(offsets, group), producer.CommitTxn()); err != nil {
		return nil, err
	}
	if seen.Output, err = saramaRead(ctx, broker, output, 2); err != nil {
		return nil, err
	}
	admin, err := sarama.NewClusterAdmin([]string{broker}, saramaConfig())
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	committed, err := admin.ListConsumerGroupOffsets(group, map[string][]int32{input: {0}})
	if err != nil {
		return nil, err
	}
	seen.Committed = committed.Blocks[input][0].Offset
	return seen, nil
}
