package dev.manciple.wire;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource.Stream;
import dev.manciple.wire.proto.DataFormatProto.StreamFormat;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import dev.manciple.wire.proto.DataSourceProto.DataSource.KafkaOptions;
import dev.manciple.wire.proto.DataSourceProto.DataSource.KinesisOptions;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The options of stream sources under Feast's names, all of them text: a delay is an ISO-8601 duration, a format is
 * {@code avro}, {@code json} or {@code proto} with its schema, or for proto its class, in {@code schema}.
 */
final class StreamOptions {
    private static final String SERVERS = "kafka_bootstrap_servers";
    private static final String TOPIC = "topic";
    private static final String MESSAGE_FORMAT = "message_format";
    private static final String DELAY = "watermark_delay_threshold";
    private static final String REGION = "region";
    private static final String STREAM_NAME = "stream_name";
    private static final String RECORD_FORMAT = "record_format";
    private static final String SCHEMA = "schema";
    private static final Set<String> KAFKA = Set.of(SERVERS, TOPIC, MESSAGE_FORMAT, DELAY, SCHEMA);
    private static final Set<String> KINESIS = Set.of(REGION, STREAM_NAME, RECORD_FORMAT, SCHEMA);

    private StreamOptions() {}

    static Map<String, String> decode(DataSource source) {
        Map<String, String> options = new LinkedHashMap<>();
        if (source.hasKafkaOptions()) {
            KafkaOptions kafka = source.getKafkaOptions();
            options.put(SERVERS, kafka.getKafkaBootstrapServers());
            options.put(TOPIC, kafka.getTopic());
            if (kafka.hasWatermarkDelayThreshold()) {
                options.put(
                        DELAY,
                        ProtoTimes.duration(kafka.getWatermarkDelayThreshold()).toString());
            }
            decode(kafka.getMessageFormat(), MESSAGE_FORMAT, options);
        } else {
            KinesisOptions kinesis = source.getKinesisOptions();
            options.put(REGION, kinesis.getRegion());
            options.put(STREAM_NAME, kinesis.getStreamName());
            decode(kinesis.getRecordFormat(), RECORD_FORMAT, options);
        }
        return options;
    }

    static void encode(Stream stream, SourceClasses type, DataSource.Builder out) {
        Map<String, String> options = stream.options();
        boolean kafka = type == SourceClasses.KAFKA;
        Set<String> unknown = new TreeSet<>(options.keySet());
        unknown.removeAll(kafka ? KAFKA : KINESIS);
        if (!unknown.isEmpty()) {
            throw new InvalidRequestException("Stream source '%s' has the options %s; a %s source takes %s"
                    .formatted(stream.name(), unknown, stream.type(), new TreeSet<>(kafka ? KAFKA : KINESIS)));
        }
        if (kafka) {
            KafkaOptions.Builder written = out.getKafkaOptions().toBuilder()
                    .setKafkaBootstrapServers(options.getOrDefault(SERVERS, ""))
                    .setTopic(options.getOrDefault(TOPIC, ""))
                    .clearMessageFormat()
                    .clearWatermarkDelayThreshold();
            if (options.containsKey(DELAY)) {
                written.setWatermarkDelayThreshold(ProtoTimes.duration(delay(stream)));
            }
            if (options.containsKey(MESSAGE_FORMAT)) {
                written.setMessageFormat(format(stream, MESSAGE_FORMAT));
            }
            out.setKafkaOptions(written);
        } else {
            KinesisOptions.Builder written = out.getKinesisOptions().toBuilder()
                    .setRegion(options.getOrDefault(REGION, ""))
                    .setStreamName(options.getOrDefault(STREAM_NAME, ""))
                    .clearRecordFormat();
            if (options.containsKey(RECORD_FORMAT)) {
                written.setRecordFormat(format(stream, RECORD_FORMAT));
            }
            out.setKinesisOptions(written);
        }
    }

    static void clear(DataSource.Builder source) {
        if (source.hasKafkaOptions()) {
            source.getKafkaOptionsBuilder()
                    .clearKafkaBootstrapServers()
                    .clearTopic()
                    .clearMessageFormat()
                    .clearWatermarkDelayThreshold();
        } else if (source.hasKinesisOptions()) {
            source.getKinesisOptionsBuilder().clearRegion().clearStreamName().clearRecordFormat();
        }
    }

    private static void decode(StreamFormat format, String key, Map<String, String> options) {
        switch (format.getFormatCase()) {
            case AVRO_FORMAT -> put(options, key, "avro", format.getAvroFormat().getSchemaJson());
            case JSON_FORMAT -> put(options, key, "json", format.getJsonFormat().getSchemaJson());
            case PROTO_FORMAT ->
                put(options, key, "proto", format.getProtoFormat().getClassPath());
            case FORMAT_NOT_SET -> {}
        }
    }

    private static void put(Map<String, String> options, String key, String format, String schema) {
        options.put(key, format);
        options.put(SCHEMA, schema);
    }

    private static StreamFormat format(Stream stream, String key) {
        String schema = stream.options().getOrDefault(SCHEMA, "");
        String format = stream.options().getOrDefault(key, "");
        return switch (format) {
            case "avro" ->
                StreamFormat.newBuilder()
                        .setAvroFormat(StreamFormat.AvroFormat.newBuilder().setSchemaJson(schema))
                        .build();
            case "json" ->
                StreamFormat.newBuilder()
                        .setJsonFormat(StreamFormat.JsonFormat.newBuilder().setSchemaJson(schema))
                        .build();
            case "proto" ->
                StreamFormat.newBuilder()
                        .setProtoFormat(StreamFormat.ProtoFormat.newBuilder().setClassPath(schema))
                        .build();
            default ->
                throw new InvalidRequestException("Stream source '%s' has the %s '%s'; avro, json and proto are known"
                        .formatted(stream.name(), key, format));
        };
    }

    private static Duration delay(Stream stream) {
        String text = stream.options().getOrDefault(DELAY, "");
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new InvalidRequestException(
                    "Stream source '%s' has the %s '%s', which is no ISO-8601 duration such as PT5M"
                            .formatted(stream.name(), DELAY, text),
                    e);
        }
    }
}
