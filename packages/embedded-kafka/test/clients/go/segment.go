package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
)

func segmentRecords(ctx context.Context, broker, prefix string) (any, error) {
	codecs := map[string]kafka.Compression{
		"none": 0, "gzip": kafka.Gzip, "snappy": kafka.Snappy, "lz4": kafka.Lz4, "zstd": kafka.Zstd,
	}
	seen := map[string][]Record{}
	for name, codec := range codecs {
		topic := prefix + "-" + name
		if err := segmentCreate(ctx, broker, topic, 1); err != nil {
			return nil, err
		}
		writer := &kafka.Writer{Addr: kafka.TCP(broker), Topic: topic, Compression: codec, RequiredAcks: kafka.RequireAll, BatchTimeout: time.Millisecond}
		messages := make([]kafka.Message, recordCount)
		for index := range messages {
			key, value, header := recordAt(index)
			messages[index] = kafka.Message{Key: key, Value: value, Headers: []kafka.Header{{Key: "h", Value: []byte(header)}}}
		}
		if err := errors.Join(writer.WriteMessages(ctx, messages...), writer.Close()); err != nil {
			return nil, fmt.Errorf("produce with %s: %w", name, err)
		}
		reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{broker}, Topic: topic, MinBytes: 1, MaxBytes: 1 << 20, MaxWait: 100 * time.Millisecond, IsolationLevel: kafka.ReadCommitted})
		for len(seen[name]) < recordCount {
			message, err := reader.ReadMessage(ctx)
			if err != nil {
				return nil, fmt.Errorf("read of %s: %w", name, err)
			}
			headers := map[string]string{}
			for _, header := range message.Headers {
				headers[header.Key] = string(header.Value)
			}
			seen[name] = append(seen[name], seenRecord(message.Offset, message.Key, message.Value, headers))
		}
		if err := reader.Close(); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

func segmentCreate(ctx context.Context, broker, topic string, partitions int) error {
	client := &kafka.Client{Addr: kafka.TCP(broker)}
	created, err := client.CreateTopics(ctx, &kafka.CreateTopicsRequest{
		Topics: []kafka.TopicConfig{{Topic: topic, NumPartitions: partitions, ReplicationFactor: 1}},
	})
	if err != nil {
		return err
	}
	return created.Errors[topic]
}

// A member of a group that notes what it is given and what it reads.
type segmentMember struct {
	group    *kafka.ConsumerGroup
	done     chan struct{}
	mutex    sync.Mutex
	assigned int
	consumed int
}

func joinSegment(ctx context.Context, broker, group, topic string) (*segmentMember, error) {
	joined, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID: group, Brokers: []string{broker}, Topics: []string{topic}, StartOffset: kafka.FirstOffset, HeartbeatInterval: 100 * time.Millisecond,
	})
	if err != nil {
		return nil, err
	}
	member := &segmentMember{group: joined, done: make(chan struct{})}
	go func() {
		defer close(member.done)
		for {
			generation, err := joined.Next(ctx)
			if errors.Is(err, kafka.ErrGroupClosed) || ctx.Err() != nil {
				return
			}
			if err != nil {
				continue
			}
			member.mutex.Lock()
			member.assigned = len(generation.Assignments[topic])
			member.mutex.Unlock()
			for _, assignment := range generation.Assignments[topic] {
				generation.Start(func(ctx context.Context) { member.read(ctx, broker, topic, assignment, generation) })
			}
		}
	}()
	return member, nil
}

func (member *segmentMember) read(ctx context.Context, broker, topic string, assignment kafka.PartitionAssignment, generation *kafka.Generation) {
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{broker}, Topic: topic, Partition: assignment.ID, MaxWait: 100 * time.Millisecond})
	defer reader.Close()
	if err := reader.SetOffset(assignment.Offset); err != nil {
		return
	}
	for {
		message, err := reader.ReadMessage(ctx)
		if err != nil {
			return
		}
		if err := generation.CommitOffsets(map[string]map[int]int64{topic: {assignment.ID: message.Offset + 1}}); err != nil {
			return
		}
		member.mutex.Lock()
		member.consumed++
		member.mutex.Unlock()
	}
}

func (member *segmentMember) leave() error {
	err := member.group.Close()
	<-member.done
	return err
}

func (member *segmentMember) state() (assigned, consumed int) {
	member.mutex.Lock()
	defer member.mutex.Unlock()
	return member.assigned, member.consumed
}

func segmentGroup(ctx context.Context, broker, prefix string) (any, error) {
	topic, group := prefix+"-topic", prefix+"-group"
	if err := segmentCreate(ctx, broker, topic, 4); err != nil {
		return nil, err
	}
	client := &kafka.Client{Addr: kafka.TCP(broker)}
	produce := func() error {
		for partition := range 4 {
			records := kafka.NewRecordReader(kafka.Record{Value: kafka.NewBytes([]byte("v"))})
			produced, err := client.Produce(ctx, &kafka.ProduceRequest{Topic: topic, Partition: partition, RequiredAcks: kafka.RequireAll, Records: records})
			if err := errors.Join(err, produced.Error); err != nil {
				return err
			}
		}
		return nil
	}
	shares, err := shareTopic(ctx, func() (member, error) { return joinSegment(ctx, broker, group, topic) }, produce)
	if err != nil {
		return nil, err
	}
	committed, err := client.OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: group, Topics: map[string][]int{topic: {0, 1, 2, 3}}})
	if err := errors.Join(err, committed.Error); err != nil {
		return nil, err
	}
	for _, partition := range committed.Topics[topic] {
		shares.Committed += partition.CommittedOffset
	}
	return shares, nil
}

func segmentAdmin(ctx context.Context, broker, prefix string) (any, error) {
	topic := prefix + "-topic"
	client := &kafka.Client{Addr: kafka.TCP(broker)}
	seen := map[string]any{}
	if err := segmentCreate(ctx, broker, topic, 2); err != nil {
		return nil, err
	}
	seen["createAgain"] = errors.Is(segmentCreate(ctx, broker, topic, 2), kafka.TopicAlreadyExists)
	grown, err := client.CreatePartitions(ctx, &kafka.CreatePartitionsRequest{Topics: []kafka.TopicPartitionsConfig{{Name: topic, Count: 3}}})
	if err := errors.Join(err, grown.Errors[topic]); err != nil {
		return nil, err
	}
	// A client keeps what it knows of a topic for seconds.
	fresh := &kafka.Client{Addr: kafka.TCP(broker), Transport: &kafka.Transport{}}
	metadata, err := fresh.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return nil, err
	}
	seen["partitions"] = len(metadata.Topics[0].Partitions)
	seen["cluster"] = []int{len(metadata.Brokers), metadata.Controller.ID}
	writer := &kafka.Writer{Addr: kafka.TCP(broker), Topic: topic, Balancer: kafka.BalancerFunc(func(kafka.Message, ...int) int { return 0 }), BatchTimeout: time.Millisecond}
	start := time.Now().Add(-time.Minute)
	for index := range 4 {
		if err := writer.WriteMessages(ctx, kafka.Message{Value: []byte("v"), Time: start.Add(time.Duration(index) * time.Second)}); err != nil {
			return nil, err
		}
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	listed, err := client.ListOffsets(ctx, &kafka.ListOffsetsRequest{
		Topics: map[string][]kafka.OffsetRequest{topic: {kafka.FirstOffsetOf(0), kafka.LastOffsetOf(0)}},
	})
	if err != nil {
		return nil, err
	}
	seen["offsets"] = []int64{listed.Topics[topic][0].FirstOffset, listed.Topics[topic][0].LastOffset}
	configs, err := client.DescribeConfigs(ctx, &kafka.DescribeConfigsRequest{
		Resources: []kafka.DescribeConfigRequestResource{{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, ConfigNames: []string{"retention.ms"}}},
	})
	if err != nil {
		return nil, err
	}
	seen["retention"] = configs.Resources[0].ConfigEntries[0].ConfigValue
	found, err := client.FindCoordinator(ctx, &kafka.FindCoordinatorRequest{Key: prefix, KeyType: kafka.CoordinatorKeyTypeConsumer})
	if err != nil {
		return nil, err
	}
	seen["coordinator"] = found.Coordinator.NodeID
	groups, err := client.ListGroups(ctx, &kafka.ListGroupsRequest{})
	if err := errors.Join(err, groups.Error); err != nil {
		return nil, err
	}
	deleted, err := client.DeleteTopics(ctx, &kafka.DeleteTopicsRequest{Topics: []string{topic}})
	if err := errors.Join(err, deleted.Errors[topic]); err != nil {
		return nil, err
	}
	return seen, nil
}
