package main

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

func franzRecords(ctx context.Context, broker, prefix string) (any, error) {
	codecs := map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	}
	seen := map[string][]Record{}
	for name, codec := range codecs {
		topic := prefix + "-" + name
		producer, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.ProducerBatchCompression(codec), kgo.AllowAutoTopicCreation())
		if err != nil {
			return nil, err
		}
		records := make([]*kgo.Record, recordCount)
		for index := range records {
			key, value, header := recordAt(index)
			records[index] = &kgo.Record{Topic: topic, Key: key, Value: value, Headers: []kgo.RecordHeader{{Key: "h", Value: []byte(header)}}}
		}
		err = producer.ProduceSync(ctx, records...).FirstErr()
		producer.Close()
		if err != nil {
			return nil, fmt.Errorf("produce with %s: %w", name, err)
		}
		if seen[name], err = franzRead(ctx, broker, topic, recordCount); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

func franzRead(ctx context.Context, broker, topic string, count int) ([]Record, error) {
	consumer, err := kgo.NewClient(
		kgo.SeedBrokers(broker), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
	)
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	var seen []Record
	for len(seen) < count {
		fetches := consumer.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return nil, err
		}
		fetches.EachRecord(func(record *kgo.Record) {
			headers := map[string]string{}
			for _, header := range record.Headers {
				headers[header.Key] = string(header.Value)
			}
			seen = append(seen, seenRecord(record.Offset, record.Key, record.Value, headers))
		})
	}
	return seen, nil
}

// A member of a group that notes what it is given and what it reads.
type franzMember struct {
	client   *kgo.Client
	mutex    sync.Mutex
	assigned map[int32]bool
	consumed int
	done     chan struct{}
}

func joinFranz(ctx context.Context, broker, group, topic string) (*franzMember, error) {
	member := &franzMember{assigned: map[int32]bool{}, done: make(chan struct{})}
	note := func(owned bool) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
			member.mutex.Lock()
			defer member.mutex.Unlock()
			for _, partition := range partitions[topic] {
				if owned {
					member.assigned[partition] = true
				} else {
					delete(member.assigned, partition)
				}
			}
		}
	}
	var err error
	member.client, err = kgo.NewClient(
		kgo.SeedBrokers(broker), kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.HeartbeatInterval(100*time.Millisecond),
		kgo.OnPartitionsAssigned(note(true)), kgo.OnPartitionsRevoked(note(false)), kgo.OnPartitionsLost(note(false)),
	)
	if err != nil {
		return nil, err
	}
	go func() {
		defer close(member.done)
		for {
			fetches := member.client.PollFetches(ctx)
			if fetches.IsClientClosed() || ctx.Err() != nil {
				return
			}
			member.mutex.Lock()
			member.consumed += fetches.NumRecords()
			member.mutex.Unlock()
		}
	}()
	return member, nil
}

func (member *franzMember) state() (assigned, consumed int) {
	member.mutex.Lock()
	defer member.mutex.Unlock()
	return len(member.assigned), member.consumed
}

func (member *franzMember) leave() error {
	err := member.client.CommitUncommittedOffsets(context.Background())
	member.client.Close()
	<-member.done
	return err
}

func franzGroup(ctx context.Context, broker, prefix string) (any, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	topic, group := prefix+"-topic", prefix+"-group"
	if _, err := admin.CreateTopic(ctx, 4, 1, nil, topic); err != nil {
		return nil, err
	}
	produce := func() error {
		records := make([]*kgo.Record, 4)
		for partition := range records {
			records[partition] = &kgo.Record{Topic: topic, Partition: int32(partition), Value: []byte("v")}
		}
		return client.ProduceSync(ctx, records...).FirstErr()
	}
	shares, err := shareTopic(ctx, func() (member, error) { return joinFranz(ctx, broker, group, topic) }, produce)
	if err != nil {
		return nil, err
	}
	committed, err := admin.FetchOffsets(ctx, group)
	if err != nil {
		return nil, err
	}
	committed.Each(func(offset kadm.OffsetResponse) { shares.Committed += offset.At })
	return shares, nil
}

func franzAdmin(ctx context.Context, broker, prefix string) (any, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(broker))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	topic, group := prefix+"-topic", prefix+"-group"
	seen := map[string]any{}
	retention := "3600000"
	if _, err := admin.CreateTopic(ctx, 2, 1, map[string]*string{"retention.ms": &retention}, topic); err != nil {
		return nil, err
	}
	_, err = admin.CreateTopic(ctx, 2, 1, nil, topic)
	seen["createAgain"] = errors.Is(err, kerr.TopicAlreadyExists)
	if _, err := admin.UpdatePartitions(ctx, 3, topic); err != nil {
		return nil, err
	}
	topics, err := admin.ListTopics(ctx, topic)
	if err != nil {
		return nil, err
	}
	seen["partitions"] = len(topics[topic].Partitions)
	configs, err := admin.DescribeTopicConfigs(ctx, topic)
	if err != nil {
		return nil, err
	}
	for _, config := range configs[0].Configs {
		if config.Key == "retention.ms" {
			seen["retention"] = config.Source.String() + "=" + config.MaybeValue()
		}
	}
	start := time.Now().Add(-time.Minute)
	for index := range 4 {
		record := &kgo.Record{Topic: topic, Value: []byte("v"), Timestamp: start.Add(time.Duration(index) * time.Second)}
		record.Partition = 0
		producer, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.RecordPartitioner(kgo.ManualPartitioner()))
		if err != nil {
			return nil, err
		}
		err = producer.ProduceSync(ctx, record).FirstErr()
		producer.Close()
		if err != nil {
			return nil, err
		}
	}
	offsets := []int64{}
	note := func(listed kadm.ListedOffsets, err error) error {
		if offset, found := listed.Lookup(topic, 0); found && err == nil {
			offsets = append(offsets, offset.Offset)
		}
		return err
	}
	err = errors.Join(
		note(admin.ListStartOffsets(ctx, topic)), note(admin.ListEndOffsets(ctx, topic)), note(admin.ListCommittedOffsets(ctx, topic)),
		note(admin.ListMaxTimestampOffsets(ctx, topic)), note(admin.ListOffsetsAfterMilli(ctx, start.UnixMilli()+1500, topic)),
	)
	if err != nil {
		return nil, err
	}
	seen["offsets"] = offsets
	var until kadm.Offsets
	until.AddOffset(topic, 0, 3, -1)
	deleted, err := admin.DeleteRecords(ctx, until)
	if err != nil {
		return nil, err
	}
	seen["lowWatermark"] = deleted[topic][0].LowWatermark
	if err := admin.CommitAllOffsets(ctx, group, until); err != nil {
		return nil, err
	}
	lags, err := admin.Lag(ctx, group)
	if err != nil {
		return nil, err
	}
	seen["lag"] = lags[group].Lag.Total()
	described, err := admin.DescribeGroups(ctx, group)
	if err != nil {
		return nil, err
	}
	seen["group"] = described[group].State
	coordinator := admin.FindGroupCoordinators(ctx, group)[group]
	seen["coordinator"] = coordinator.NodeID
	if _, err := admin.DeleteGroup(ctx, group); err != nil {
		return nil, err
	}
	if _, err := admin.DeleteTopic(ctx, topic); err != nil {
		return nil, err
	}
	topics, err = admin.ListTopics(ctx)
	if err != nil {
		return nil, err
	}
	seen["deleted"] = !topics.Has(topic)
	versions, err := admin.ApiVersions(ctx)
	if err != nil {
		return nil, err
	}
	produce := []int16{}
	for _, each := range versions {
		_, max, _ := each.KeyVersions(0)
		produce = append(produce, max)
	}
	sort.Slice(produce, func(left, right int) bool { return produce[left] < produce[right] })
	seen["produceVersions"] = produce
	return seen, nil
}
