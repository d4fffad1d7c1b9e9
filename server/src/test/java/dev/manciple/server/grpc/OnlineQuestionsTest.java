package dev.manciple.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.manciple.FeatureSelection;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.wire.proto.ServingServiceProto.FeatureList;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesRequest;
import dev.manciple.wire.proto.ValueProto;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** That a question whose list of features is known by its bytes means what protobuf reads in it. */
class OnlineQuestionsTest {
    private static final ValueProto.RepeatedValue KEYS = ValueProto.RepeatedValue.newBuilder()
            .addVal(ValueProto.Value.newBuilder().setInt64Val(7))
            .build();

    private final OnlineQuestions questions = new OnlineQuestions();

    private static GetOnlineFeaturesRequest asking(String... features) {
        return asking(List.of(features));
    }

    private static GetOnlineFeaturesRequest asking(List<String> features) {
        return GetOnlineFeaturesRequest.newBuilder()
                .setFeatures(FeatureList.newBuilder().addAllVal(features))
                .build();
    }

    private static ByteString rest() {
        return GetOnlineFeaturesRequest.newBuilder()
                .putEntities("k", KEYS)
                .putRequestContext("now", KEYS)
                .setFullFeatureNames(true)
                .build()
                .toByteString();
    }

    private OnlineQuestion read(ByteString message) throws InvalidProtocolBufferException {
        return questions.read(message.toByteArray());
    }

    @Test
    void sameBytesAreReadOnce() throws Exception {
        FeatureSelection first =
                read(asking("a:x", "a:y").toByteString().concat(rest())).selection();
        FeatureSelection again =
                read(rest().concat(asking("a:x", "a:y").toByteString())).selection();
        assertThat(first).isEqualTo(FeatureSelection.parse(List.of("a:x", "a:y")));
        assertThat(again).isSameAs(first);
        assertThat(read(asking("a:x").toByteString()).selection()).isEqualTo(FeatureSelection.parse(List.of("a:x")));
    }

    @Test
    void restIsReadWhereverTheListStands() throws Exception {
        ByteString list = asking("a:x").toByteString();
        ByteString head = GetOnlineFeaturesRequest.newBuilder()
                .putEntities("other", KEYS)
                .build()
                .toByteString();
        for (ByteString message : List.of(
                list.concat(head).concat(rest()),
                head.concat(list).concat(rest()),
                head.concat(rest()).concat(list))) {
            GetOnlineFeaturesRequest whole = GetOnlineFeaturesRequest.parseFrom(message);
            OnlineQuestion question = read(message);
            assertThat(question.rest()).isEqualTo(whole.toBuilder().clearKind().build());
            assertThat(question.selection()).isEqualTo(FeatureSelection.parse(List.of("a:x")));
        }
    }

    /** As protobuf has it: messages are merged, and of the members of a choice the last counts. */
    @Test
    void severalListsAndServicesMeanWhatProtobufSays() throws Exception {
        ByteString x = asking("a:x").toByteString();
        ByteString y = asking("a:y").toByteString();
        ByteString service = GetOnlineFeaturesRequest.newBuilder()
                .setFeatureService("s")
                .build()
                .toByteString();
        assertThat(read(x.concat(y)).selection()).isEqualTo(FeatureSelection.parse(List.of("a:x", "a:y")));
        assertThat(read(x.concat(service)).selection()).isEqualTo(new FeatureSelection.Service("s"));
        assertThat(read(service.concat(x)).selection()).isEqualTo(FeatureSelection.parse(List.of("a:x")));
        assertThat(read(service).selection()).isEqualTo(new FeatureSelection.Service("s"));
    }

    @Test
    void longListsAreReadEachTime() throws Exception {
        List<String> many =
                IntStream.range(0, 5_000).mapToObj(i -> "view:feature_" + i).toList();
        FeatureSelection first = read(asking(many).toByteString()).selection();
        assertThat(first).isEqualTo(FeatureSelection.parse(many));
        assertThat(read(asking(many).toByteString()).selection())
                .isEqualTo(first)
                .isNotSameAs(first);
    }

    @Test
    void whatIsNoQuestionIsRefusedEachTime() {
        ByteString list = asking("a:x").toByteString();
        List<ByteString> broken = List.of(
                list.substring(0, list.size() - 1),
                list.concat(ByteString.copyFrom(new byte[] {0x0c})),
                list.concat(ByteString.copyFrom(new byte[] {0})),
                ByteString.copyFrom(new byte[] {0x12, 3, 0x0a, 1, (byte) 0xff}),
                ByteString.copyFrom(new byte[] {0x12, 2, 0x0a, 5}),
                ByteString.copyFrom(new byte[] {0x12, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f}));
        for (ByteString message : broken) {
            for (int time = 0; time < 2; time++) {
                assertThatExceptionOfType(InvalidProtocolBufferException.class).isThrownBy(() -> read(message));
            }
        }
    }

    @Test
    void nothingToReadIsRefusedEachTime() {
        for (ByteString message : List.of(
                rest(),
                asking().toByteString().concat(rest()),
                asking("no reference").toByteString())) {
            for (int time = 0; time < 2; time++) {
                assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> read(message));
            }
        }
    }
}
