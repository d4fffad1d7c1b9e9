package dev.manciple.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.manciple.OnlineFeatures;
import dev.manciple.server.RandomAnswers;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueCodec;
import dev.manciple.wire.proto.ServingServiceProto;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponse;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponse.FeatureVector;
import dev.manciple.wire.proto.ValueProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That answers are the bytes protobuf itself writes. */
class OnlineResponsesTest {
    private final OnlineResponses responses = new OnlineResponses();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void bytesAreThoseOfProtobuf(long seed) throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (int i = 0; i < 200; i++) {
            OnlineFeatures answer = RandomAnswers.of(random, random.nextInt(6), random.nextInt(5));
            for (int time = 0; time < 2; time++) {
                assertThat(written(answer)).as("answer %d of seed %d", i, seed).isEqualTo(message(answer));
            }
        }
    }

    @Test
    void largeAnswersAreWrittenWhole() throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(9);
        OnlineFeatures answer = RandomAnswers.of(random, 40, 300);
        assertThat(written(answer)).isEqualTo(message(answer));
    }

    private byte[] written(OnlineFeatures answer) throws IOException {
        try (InputStream stream = responses.stream(answer)) {
            int told = stream.available();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            stream.transferTo(bytes);
            assertThat(bytes.size()).isEqualTo(told);
            return bytes.toByteArray();
        }
    }

    private static byte[] message(OnlineFeatures answer) throws IOException {
        GetOnlineFeaturesResponse.Builder message =
                GetOnlineFeaturesResponse.newBuilder().setStatus(true);
        message.getMetadataBuilder().getFeatureNamesBuilder().addAllVal(answer.names());
        for (int column = 0; column < answer.names().size(); column++) {
            FeatureVector.Builder vector = message.addResultsBuilder();
            for (Value value : answer.values().get(column)) {
                vector.addValues(ValueProto.Value.parseFrom(ByteString.copyFrom(
                        ValueCodec.encode(value, answer.types().get(column)))));
            }
            answer.statuses()
                    .get(column)
                    .forEach(status -> vector.addStatuses(ServingServiceProto.FieldStatus.valueOf(status.name())));
            answer.eventTimes()
                    .get(column)
                    .forEach(time -> vector.addEventTimestamps(Timestamp.newBuilder()
                            .setSeconds(time.getEpochSecond())
                            .setNanos(time.getNano())));
        }
        return message.build().toByteArray();
    }
}
