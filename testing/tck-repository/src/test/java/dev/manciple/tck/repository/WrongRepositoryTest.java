package dev.manciple.tck.repository;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.model.DataSource;
import dev.manciple.model.TimeColumns;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineTestKit;

/** A repository whose store is wrong fails where its results are compared with the oracle's. */
class WrongRepositoryTest {
    @ParameterizedTest
    @ValueSource(strings = {"joinsHistoryAsTheOracleDoes", "readsBackTheNewestValuesItMaterialized"})
    void isCaught(String test) {
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(LosesRows.class, test))
                .execute()
                .testEvents()
                .assertStatistics(tests -> tests.started(1).failed(1));
    }

    /** It reads the first half of a source only. */
    static class LosesRows extends RepositoryContract {
        @Override
        protected RepositoryFixture fixture(Path repository) {
            return new FilesFixture(repository) {
                @Override
                public DataSource.Batch load(String name, TimeColumns time, ArrowReader rows) {
                    try {
                        List<List<Value>> all = ArrowRows.read(rows);
                        Schema schema = rows.getVectorSchemaRoot().getSchema();
                        try (ArrowReader half =
                                ArrowRows.reader(allocator, schema, all.subList(0, all.size() / 2), 1000)) {
                            return super.load(name, time, half);
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };
        }
    }
}
