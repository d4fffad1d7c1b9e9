package dev.manciple.tck;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.DerivedReader;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.SourceLocation;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.Value;
import dev.manciple.spi.WriteReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each of these stores is wrong in one way that has happened, and the kit says so where it should. */
class WrongOfflineStoresTest {
    static Stream<Arguments> stores() {
        return Stream.of(
                Arguments.of(TtlWithoutItsEdge.class, "Ttl.includesItsEdge"),
                Arguments.of(NoTtl.class, "Ttl.excludesOneTickMore"),
                Arguments.of(WholeSecondTtl.class, "Ttl.underASecondIsKept"),
                Arguments.of(SeesTheFuture.class, "TheNewestRowInTime.isTakenNotAFutureOne"),
                Arguments.of(MissesTheVeryTime.class, "TheNewestRowInTime.mayBeAtTheVeryTime"),
                Arguments.of(KeepsMilliseconds.class, "TheNewestRowInTime.keepsTheFinestStepOfTime"),
                Arguments.of(SwallowsNulls.class, "TheNewestRowInTime.givesItsNullsToo"),
                Arguments.of(DropsDuplicates.class, "EntityRows.giveOneRowEachDuplicatesIncluded"),
                Arguments.of(Reorders.class, "EntityRows.comeBackInTheirOrder"),
                Arguments.of(DropsRowsWithoutMatch.class, "EntityRows.findNothingInAnEmptySource"),
                Arguments.of(NullEqualsNull.class, "EntityRows.withANullKeyFindNothing"),
                Arguments.of(IgnoresCreated.class, "Ties.goToTheRowCreatedLast"),
                Arguments.of(MissingCreatedWins.class, "Ties.areLostByAMissingCreatedTime"),
                Arguments.of(GivesEveryTiedRow.class, "Ties.inBothTimesGiveOneWholeRow"),
                Arguments.of(MixesTiedRows.class, "Ties.inBothTimesGiveOneWholeRow"),
                Arguments.of(GluesKeys.class, "Keys.ofSeveralColumnsAllMatchAndAreNotGluedTogether"),
                Arguments.of(IgnoresFilterByCreated.class, "FilterByCreated.leavesOutRowsCreatedLater"),
                Arguments.of(RunsBeforeOpen.class, "Jobs.runNothingBeforeTheyAreOpened"),
                Arguments.of(OpensOnce.class, "Jobs.canBeOpenedTwice"),
                Arguments.of(LeaksABuffer.class, "Jobs.canBeOpenedTwice"),
                Arguments.of(LosesTheWindowsEnd.class, "Pulls.includeBothEndsOfTheWindow"),
                Arguments.of(ListsNobody.class, "RangeSpines.haveNoRowsAboutNobody"),
                Arguments.of(WritesHalf.class, "Writes.appendAllOrNothing"),
                Arguments.of(ChecksNothing.class, "Writes.areCheckedForTheirColumns"),
                Arguments.of(ChecksNamesOnly.class, "Writes.endAsTheirCheckSays"),
                Arguments.of(ChecksInOtherWords.class, "Writes.endAsTheirCheckSays"),
                Arguments.of(WritesToCheck.class, "Writes.endAsTheirCheckSays"),
                Arguments.of(ChecksWhatItDenies.class, "Writes.areNotCheckedByStoresThatCannotTell"),
                Arguments.of(OverwritesUnasked.class, "PersistedResults.areNotOverwrittenUnasked"),
                Arguments.of(LosesACapability.class, "declaresTheCapabilitiesItsAuthorExpects"),
                Arguments.of(DoesWhatItDenies.class, "QuerySpines.areRefusedByStoresWithoutThem"));
    }

    @ParameterizedTest(name = "{0} is caught by {1}")
    @MethodSource("stores")
    void isCaught(Class<?> wrong, String test) {
        Wrong.isCaughtBy(wrong, test);
    }

    static class TtlWithoutItsEdge extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                boolean inTime(Instant event, Instant time, Duration ttl) {
                    return !event.isAfter(time) && (ttl.isZero() || event.isAfter(time.minus(ttl)));
                }
            });
        }
    }

    static class NoTtl extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                boolean inTime(Instant event, Instant time, Duration ttl) {
                    return !event.isAfter(time);
                }
            });
        }
    }

    static class WholeSecondTtl extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                boolean inTime(Instant event, Instant time, Duration ttl) {
                    return super.inTime(event, time, Duration.ofSeconds(ttl.toSeconds()));
                }
            });
        }
    }

    static class SeesTheFuture extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                boolean inTime(Instant event, Instant time, Duration ttl) {
                    return ttl.isZero() || !event.isBefore(time.minus(ttl));
                }
            });
        }
    }

    static class MissesTheVeryTime extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                boolean inTime(Instant event, Instant time, Duration ttl) {
                    return event.isBefore(time) && super.inTime(event, time, ttl);
                }
            });
        }
    }

    static class KeepsMilliseconds extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                boolean inTime(Instant event, Instant time, Duration ttl) {
                    return super.inTime(event.truncatedTo(ChronoUnit.MILLIS), time.truncatedTo(ChronoUnit.MILLIS), ttl);
                }
            });
        }
    }

    static class SwallowsNulls extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                List<List<Value>> choose(List<Value> entityRow, List<Candidate> inTime, List<Integer> features) {
                    List<Candidate> whole = inTime.stream()
                            .filter(each -> features.stream()
                                    .noneMatch(at -> each.row().get(at).equals(Values.NULL)))
                            .toList();
                    return super.choose(entityRow, whole, features);
                }
            });
        }
    }

    static class DropsDuplicates extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                List<List<Value>> finish(List<List<Value>> rows) {
                    return List.copyOf(new LinkedHashSet<>(rows));
                }
            });
        }
    }

    static class Reorders extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                List<List<Value>> finish(List<List<Value>> rows) {
                    return rows.reversed();
                }
            });
        }
    }

    static class DropsRowsWithoutMatch extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                List<List<Value>> choose(List<Value> entityRow, List<Candidate> inTime, List<Integer> features) {
                    return inTime.isEmpty() ? List.of() : super.choose(entityRow, inTime, features);
                }
            });
        }
    }

    static class NullEqualsNull extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                boolean matches(List<Value> wanted, List<Value> keys) {
                    return wanted.equals(keys);
                }
            });
        }
    }

    static class IgnoresCreated extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                Comparator<Candidate> oldestFirst() {
                    return Comparator.comparing(Candidate::event);
                }
            });
        }
    }

    static class MissingCreatedWins extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                Comparator<Candidate> oldestFirst() {
                    return Comparator.comparing(Candidate::event)
                            .thenComparing(each -> each.created().orElse(Instant.MAX));
                }
            });
        }
    }

    static class GivesEveryTiedRow extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                List<List<Value>> choose(List<Value> entityRow, List<Candidate> inTime, List<Integer> features) {
                    List<Candidate> tied = inTime.stream()
                            .filter(each -> oldestFirst().compare(each, inTime.getLast()) == 0)
                            .toList();
                    return tied.size() < 2
                            ? super.choose(entityRow, inTime, features)
                            : tied.stream()
                                    .flatMap(each -> super.choose(entityRow, List.of(each), features).stream())
                                    .toList();
                }
            });
        }
    }

    static class MixesTiedRows extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                List<List<Value>> choose(List<Value> entityRow, List<Candidate> inTime, List<Integer> features) {
                    List<Value> row = new ArrayList<>(entityRow);
                    for (int feature : features) {
                        row.add(inTime.stream()
                                .filter(each -> oldestFirst().compare(each, inTime.getLast()) == 0)
                                .map(each -> each.row().get(feature))
                                .filter(value -> !value.equals(Values.NULL))
                                .findFirst()
                                .orElse(Values.NULL));
                    }
                    return List.of(row);
                }
            });
        }
    }

    static class GluesKeys extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                boolean matches(List<Value> wanted, List<Value> keys) {
                    return glue(wanted).equals(glue(keys));
                }

                private String glue(List<Value> keys) {
                    StringBuilder glued = new StringBuilder();
                    keys.forEach(key -> glued.append(key instanceof Value.Text(String text) ? text : key));
                    return glued.toString();
                }
            });
        }
    }

    static class IgnoresFilterByCreated extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                boolean isKnown(Candidate candidate, Instant time) {
                    return true;
                }
            });
        }
    }

    static class RunsBeforeOpen extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                public RetrievalJob historicalFeatures(HistoricalRequest request) {
                    RetrievalJob job = super.historicalFeatures(request);
                    try (ArrowReader early = job.open(context.allocator())) {
                        ArrowRows.read(early);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return job;
                }
            });
        }
    }

    static class OpensOnce extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                public RetrievalJob historicalFeatures(HistoricalRequest request) {
                    AtomicBoolean opened = new AtomicBoolean();
                    RetrievalJob job = super.historicalFeatures(request);
                    return new Job(job::schema, () -> opened.getAndSet(true) ? List.of() : historicalRows(request));
                }
            });
        }
    }

    static class LeaksABuffer extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                List<List<Value>> finish(List<List<Value>> rows) {
                    context.allocator().buffer(64);
                    return rows;
                }
            });
        }
    }

    static class LosesTheWindowsEnd extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                public RetrievalJob pullLatest(PullRequest request) {
                    return super.pullLatest(new PullRequest(
                            request.source(),
                            request.joinKeys(),
                            request.features(),
                            request.start(),
                            request.end().minusNanos(1)));
                }
            });
        }
    }

    static class ListsNobody extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                boolean isAboutSomebody(HistoricalRequest request, List<Value> keys) {
                    return true;
                }
            });
        }
    }

    static class WritesHalf extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                public void write(FeatureView view, ArrowReader rows) {
                    try {
                        while (rows.loadNextBatch()) {
                            super.write(view, new OneBatch(context.allocator(), rows));
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
        }
    }

    static class ChecksNothing extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                public void checkWrite(FeatureView view, Schema columns) {}
            });
        }
    }

    static class ChecksNamesOnly extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                public void checkWrite(FeatureView view, Schema columns) {
                    if (!names(columns).equals(names(describe(view.batchSource().orElseThrow())))) {
                        super.checkWrite(view, columns);
                    }
                }

                private static Set<String> names(Schema columns) {
                    Set<String> names = new TreeSet<>();
                    columns.getFields().forEach(field -> names.add(field.getName()));
                    return names;
                }
            });
        }
    }

    static class ChecksInOtherWords extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                public void checkWrite(FeatureView view, Schema columns) {
                    try {
                        super.checkWrite(view, columns);
                    } catch (InvalidRequestException e) {
                        throw new InvalidRequestException("The rows do not fit", e);
                    }
                }
            });
        }
    }

    static class WritesToCheck extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                public void checkWrite(FeatureView view, Schema columns) {
                    super.checkWrite(view, columns);
                    DataSource.Batch source = view.batchSource().orElseThrow();
                    Stored stored = stored(source);
                    List<List<Value>> more = new ArrayList<>(stored.rows());
                    more.add(stored.rows().getFirst());
                    tables.put(source.name(), new Stored(stored.schema(), more));
                }
            });
        }
    }

    /** Says it cannot tell what it takes, and then does. */
    static class ChecksWhatItDenies extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables)) {
                @Override
                public Set<OfflineCapability> expectedCapabilities() {
                    return EnumSet.of(OfflineCapability.WRITE);
                }
            };
        }
    }

    static class OverwritesUnasked extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                public RetrievalJob historicalFeatures(HistoricalRequest request) {
                    return new Job(super.historicalFeatures(request)::schema, () -> historicalRows(request)) {
                        @Override
                        public WriteReport writeTo(SourceLocation target, boolean overwrite) {
                            return super.writeTo(target, true);
                        }
                    };
                }
            });
        }
    }

    static class LosesACapability extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                public Set<OfflineCapability> capabilities() {
                    return EnumSet.of(OfflineCapability.WRITE);
                }
            });
        }
    }

    /** Says it cannot run SQL text, and then does. */
    static class DoesWhatItDenies extends OfflineStoreContract {
        @Override
        protected OfflineFixture fixture(Path emptyFolder) {
            return new MemoryOfflineStore.Fixture((tables, context) -> new MemoryOfflineStore(tables) {
                @Override
                public RetrievalJob historicalFeatures(HistoricalRequest request) {
                    return request.spine() instanceof Spine.Query
                            ? new Job(() -> new Schema(List.of()), List::of)
                            : super.historicalFeatures(request);
                }
            }) {
                @Override
                public Set<OfflineCapability> expectedCapabilities() {
                    return EnumSet.of(OfflineCapability.WRITE);
                }
            };
        }
    }

    /** The batch a reader has just loaded, as a reader of its own, which leaves the other open. */
    private static final class OneBatch extends DerivedReader {
        private boolean given;

        OneBatch(BufferAllocator allocator, ArrowReader rows) {
            super(rows, allocator);
        }

        @Override
        public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
            return from().getVectorSchemaRoot();
        }

        @Override
        public boolean loadNextBatch() {
            boolean first = !given;
            given = true;
            return first;
        }

        @Override
        protected void closeReadSource() {}

        @Override
        protected Schema readSchema() throws IOException {
            return from().getVectorSchemaRoot().getSchema();
        }
    }
}
