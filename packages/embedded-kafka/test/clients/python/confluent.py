"""Drives a Kafka with confluent-kafka, the newest librdkafka, and prints what it saw as JSON."""

import json
import sys
import time

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, Producer, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic, OffsetSpec

broker, topic = sys.argv[1], sys.argv[2]
group = f"{topic}-group"
codecs = ["none", "gzip", "snappy", "lz4", "zstd"]
seen = {}


def only(futures):
    return next(iter(futures.values())).result(10)


def retention():
    return only(admin.describe_configs([ConfigResource("topic", topic)]))["retention.ms"].value


def partitions_of(consumer):
    return sorted(partition.partition for partition in consumer.assignment())


admin = AdminClient({"bootstrap.servers": broker})
only(admin.create_topics([NewTopic(topic, 2, 1, config={"retention.ms": "100000"})]))
only(admin.create_partitions([NewPartitions(topic, 4)]))
seen["retention"] = [retention()]
change = ConfigEntry("retention.ms", "200000", incremental_operation=AlterConfigOpType.SET)
only(admin.incremental_alter_configs([ConfigResource("topic", topic, incremental_configs=[change])]))
seen["retention"].append(retention())

for codec in codecs:
    producer = Producer({"bootstrap.servers": broker, "enable.idempotence": True, "compression.type": codec})
    for number in range(100):
        producer.produce(topic, key=str(number), value=f"{codec} " * 10, headers={"codec": codec}, partition=number % 4)
    assert producer.flush(10) == 0

transactional = Producer({"bootstrap.servers": broker, "transactional.id": topic})
transactional.init_transactions(10)
for value, end in [("dropped", transactional.abort_transaction), ("kept", transactional.commit_transaction)]:
    transactional.begin_transaction()
    transactional.produce(topic, value, partition=0)
    assert transactional.flush(10) == 0
    end(10)

settings = {"bootstrap.servers": broker, "group.id": group, "auto.offset.reset": "earliest", "isolation.level": "read_committed"}
members = [Consumer(settings | {"enable.auto.commit": False}) for _ in range(2)]
values = {}
for member in members:
    member.subscribe([topic])
deadline = time.monotonic() + 30
while len(values) < 501 or any(len(partitions_of(member)) != 2 for member in members):
    assert time.monotonic() < deadline, f"{len(values)} records, {[partitions_of(member) for member in members]}"
    for member in members:
        for message in member.consume(200, 0.1):
            assert not message.error(), message.error()
            values[(message.partition(), message.offset())] = message.value().decode()
seen["shares"] = [len(partitions_of(member)) for member in members]
seen["counts"] = {value: list(values.values()).count(value) for value in ["kept", "dropped", *(f"{codec} " * 10 for codec in codecs)]}
description = only(admin.describe_consumer_groups([group]))
seen["group"] = [description.state.name, len(description.members)]
for member in members:
    member.close()

listed = admin.list_offsets({TopicPartition(topic, 0): OffsetSpec.latest(), TopicPartition(topic, 1): OffsetSpec.earliest()})
seen["offsets"] = [future.result(10).offset for future in listed.values()]
only(admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 0, 5)])]))
committed = only(admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 0)])]))
seen["committed"] = committed.topic_partitions[0].offset
seen["lowWatermark"] = only(admin.delete_records([TopicPartition(topic, 0, 3)])).low_watermark
seen["leader"] = only(admin.describe_topics(TopicCollection([topic]))).partitions[0].leader.id
seen["cluster"] = admin.describe_cluster().result(10).cluster_id
only(admin.delete_consumer_groups([group]))
only(admin.delete_topics([topic]))
print(json.dumps(seen))
