package dev.manciple.retrieve;

import static dev.manciple.fixture.Definitions.DRIVER;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.DocumentQuery;
import dev.manciple.FeatureSelection;
import dev.manciple.OnlineOptions;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.fixture.Definitions;
import dev.manciple.fixture.MemoryOnlineStore;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.OnlineStore;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before a store is asked. */
class DocumentSearchTest {
    private static final FeatureView DOCUMENTS = FeatureView.of("documents")
            .source(DataSource.Batch.files("documents.parquet").eventTime("ts"))
            .entities(DRIVER)
            .features(new Field(
                    "vector",
                    new ValueType.ListOf(ValueType.Scalar.FLOAT),
                    "",
                    Map.of(),
                    new Extras(FeatureSpecV2.newBuilder()
                            .setVectorIndex(true)
                            .build()
                            .toByteString()
                            .asReadOnlyByteBuffer())));

    private static void search(List<Float> vector) {
        OnlineStore store = new MemoryOnlineStore();
        new DocumentSearch(
                        () -> Definitions.snapshot(DRIVER, DOCUMENTS),
                        store,
                        new FeatureHomes(store, "memory"),
                        InstantSource.system())
                .search(new DocumentQuery(
                        FeatureSelection.parse(List.of("documents:vector")),
                        vector,
                        1,
                        Optional.empty(),
                        OnlineOptions.DEFAULT));
    }

    @Test
    void aStoreThatCannotSearchIsNamedWithOneThatCan() {
        assertThatThrownBy(() -> search(List.of(1f)))
                .isInstanceOf(UnsupportedException.class)
                .hasMessage(
                        "Online store 'memory' does not support vector search, which feature view 'documents' is asked for; stores of the type 'sqlite' do");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void vectorsAreFinite(float number) {
        assertThatThrownBy(() -> search(List.of(1f, number)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("Number 2 of the query is " + number);
    }
}
