package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/IBM/sarama"
)

func saramaConfig() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.Producer.Return.Successes = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.IsolationLevel = sarama.ReadCommitted
	config.Consumer.Group.Heartbeat.Interval = 100 * time.Millisecond
	config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{sarama.NewBalanceStrategyRange()}
	config.Consumer.MaxWaitTime = 100 * time.Millisecond
	return config
}

func saramaRecords(ctx context.Context, broker, prefix string) (any, error) {
	codecs := map[string]sarama.CompressionCodec{
		"none": sarama.CompressionNone, "gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy,
		"lz4": sarama.CompressionLZ4, "zstd": sarama.CompressionZSTD,
	}
	seen := map[string][]Record{}
	for name, codec := range codecs {
		topic := prefix + "-" + name
		config := saramaConfig()
		config.Producer.Compression = codec
		config.Producer.Idempotent = true
		config.Net.MaxOpenRequests = 1
		producer, err := sarama.NewSyncProducer([]string{broker}, config)
		if err != nil {
			return nil, err
		}
		messages := make([]*sarama.ProducerMessage, recordCount)
		for index := range messages {
			key, value, header := recordAt(index)
			messages[index] = &sarama.ProducerMessage{
				Topic: topic, Key: sarama.ByteEncoder(key), Headers: []sarama.RecordHeader{{Key: []byte("h"), Value: []byte(header)}},
			}
			if value != nil {
				messages[index].Value = sarama.ByteEncoder(value)
			}
		}
		if err := errors.Join(producer.SendMessages(messages), producer.Close()); err != nil {
			return nil, fmt.Errorf("produce with %s: %w", name, err)
		}
		if seen[name], err = saramaRead(ctx, broker, topic, recordCount); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

func saramaRead(ctx context.Context, broker, topic string, count int) ([]Record, error) {
	consumer, err := sarama.NewConsumer([]string{broker}, saramaConfig())
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	partition, err := consumer.ConsumePartition(topic, 0, sarama.OffsetOldest)
	if err != nil {
		return nil, err
	}
	defer partition.Close()
	var seen []Record
	for len(seen) < count {
		select {
		case message := <-partition.Messages():
			headers := map[string]string{}
			for _, header := range message.Headers {
				headers[string(header.Key)] = string(header.Value)
			}
			seen = append(seen, seenRecord(message.Offset, message.Key, message.Value, headers))
		case <-ctx.Done():
			return nil, fmt.Errorf("only %d of %d records of %s came", len(seen), count, topic)
		}
	}
	return seen, nil
}

// A member of a group that notes what it is given and what it reads.
type saramaMember struct {
	group    sarama.ConsumerGroup
	cancel   context.CancelFunc
	done     chan error
	mutex    sync.Mutex
	assigned int
	consumed int
}

func (member *saramaMember) Setup(session sarama.ConsumerGroupSession) error {
	member.mutex.Lock()
	defer member.mutex.Unlock()
	member.assigned = 0
	for _, partitions := range session.Claims() {
		member.assigned += len(partitions)
	}
	return nil
}

func (member *saramaMember) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (member *saramaMember) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		session.MarkMessage(message, "")
		session.Commit()
		member.mutex.Lock()
		member.consumed++
		member.mutex.Unlock()
	}
	return nil
}

func joinSarama(ctx context.Context, broker, group, topic string) (*saramaMember, error) {
	joined, err := sarama.NewConsumerGroup([]string{broker}, group, saramaConfig())
	if err != nil {
		return nil, err
	}
	consuming, cancel := context.WithCancel(ctx)
	member := &saramaMember{group: joined, cancel: cancel, done: make(chan error, 1)}
	go func() {
		for consuming.Err() == nil {
			if err := joined.Consume(consuming, []string{topic}, member); err != nil {
				member.done <- err
				return
			}
		}
		member.done <- nil
	}()
	return member, nil
}

func (member *saramaMember) leave() error {
	member.cancel()
	return errors.Join(<-member.done, member.group.Close())
}

func (member *saramaMember) state() (assigned, consumed int) {
	member.mutex.Lock()
	defer member.mutex.Unlock()
	return member.assigned, member.consumed
}

func saramaGroup(ctx context.Context, broker, prefix string) (any, error) {
	topic, group := prefix+"-topic", prefix+"-group"
	config := saramaConfig()
	config.Producer.Partitioner = sarama.NewManualPartitioner
	admin, err := sarama.NewClusterAdmin([]string{broker}, config)
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	if err := admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: 4, ReplicationFactor: 1}, false); err != nil {
		return nil, err
	}
	producer, err := sarama.NewSyncProducer([]string{broker}, config)
	if err != nil {
		return nil, err
	}
	defer producer.Close()
	produce := func() error {
		messages := make([]*sarama.ProducerMessage, 4)
		for partition := range messages {
			messages[partition] = &sarama.ProducerMessage{Topic: topic, Partition: int32(partition), Value: sarama.StringEncoder("v")}
		}
		return producer.SendMessages(messages)
	}
	shares, err := shareTopic(ctx, func() (member, error) { return joinSarama(ctx, broker, group, topic) }, produce)
	if err != nil {
		return nil, err
	}
	committed, err := admin.ListConsumerGroupOffsets(group, nil)
	if err != nil {
		return nil, err
	}
	for _, block := range committed.Blocks[topic] {
		shares.Committed += block.Offset
	}
	return shares, nil
}

func saramaAdmin(_ context.Context, broker, prefix string) (any, error) {
	topic, group := prefix+"-topic", prefix+"-group"
	admin, err := sarama.NewClusterAdmin([]string{broker}, saramaConfig())
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	seen := map[string]any{}
	retention := "3600000"
	detail := &sarama.TopicDetail{NumPartitions: 2, ReplicationFactor: 1, ConfigEntries: map[string]*string{"retention.ms": &retention}}
	if err := admin.CreateTopic(topic, detail, false); err != nil {
		return nil, err
	}
	seen["createAgain"] = errors.Is(admin.CreateTopic(topic, detail, false), sarama.ErrTopicAlreadyExists)
	if err := admin.CreatePartitions(topic, 3, nil, false); err != nil {
		return nil, err
	}
	topics, err := admin.ListTopics()
	if err != nil {
		return nil, err
	}
	seen["partitions"] = topics[topic].NumPartitions
	entries, err := admin.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: topic, ConfigNames: []string{"retention.ms"}})
	if err != nil {
		return nil, err
	}
	seen["retention"] = entries[0].Source.String() + "=" + entries[0].Value
	config := saramaConfig()
	config.Producer.Partitioner = sarama.NewManualPartitioner
	producer, err := sarama.NewSyncProducer([]string{broker}, config)
	if err != nil {
		return nil, err
	}
	defer producer.Close()
	start := time.Now().Add(-time.Minute)
	for index := range 4 {
		stamped := start.Add(time.Duration(index) * time.Second)
		if _, _, err := producer.SendMessage(&sarama.ProducerMessage{Topic: topic, Value: sarama.StringEncoder("v"), Timestamp: stamped}); err != nil {
			return nil, err
		}
	}
	offsets := []int64{}
	for _, place := range []int64{sarama.OffsetOldest, sarama.OffsetNewest, start.UnixMilli() + 1500} {
		listed, err := admin.ListOffsets(map[string]map[int32]int64{topic: {0: place}}, nil)
		if err != nil {
			return nil, err
		}
		offsets = append(offsets, listed[topic][0].Offset)
	}
	seen["offsets"] = offsets
	if err := admin.DeleteRecords(topic, map[int32]int64{0: 3}); err != nil {
		return nil, err
	}
	commits := map[string]map[int32]sarama.OffsetAndMetadata{topic: {0: {Offset: 3, LeaderEpoch: -1, Metadata: "m"}}}
	if _, err := admin.AlterConsumerGroupOffsets(group, commits, nil); err != nil {
		return nil, err
	}
	committed, err := admin.ListConsumerGroupOffsets(group, map[string][]int32{topic: {0, 1}})
	if err != nil {
		return nil, err
	}
	block := committed.Blocks[topic][0]
	seen["committed"] = fmt.Sprint(block.Offset, " ", block.Metadata, " ", committed.Blocks[topic][1].Offset)
	groups, err := admin.ListConsumerGroups()
	if err != nil {
		return nil, err
	}
	_, seen["listed"] = groups[group]
	described, err := admin.DescribeConsumerGroups([]string{group})
	if err != nil {
		return nil, err
	}
	seen["group"] = described[0].State
	coordinator, err := admin.Coordinator(group)
	if err != nil {
		return nil, err
	}
	seen["coordinator"] = coordinator.ID()
	brokers, controller, err := admin.DescribeCluster()
	if err != nil {
		return nil, err
	}
	seen["cluster"] = []int32{int32(len(brokers)), controller}
	if err := errors.Join(admin.DeleteConsumerGroup(group), admin.DeleteTopic(topic)); err != nil {
		return nil, err
	}
	topics, err = admin.ListTopics()
	if err != nil {
		return nil, err
	}
	_, there := topics[topic]
	seen["deleted"] = !there
	return seen, nil
}
