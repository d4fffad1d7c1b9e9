package dev.manciple.tck;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each of these stores is wrong in one way that has happened, and the kit says so where it should. */
class WrongOnlineStoresTest {
    static Stream<Arguments> stores() {
        return Stream.of(
                Arguments.of(AnswersOutOfKeyOrder.class, "Reads.comeInKeyOrderDuplicatesIncluded"),
                Arguments.of(AnswersEachKeyOnce.class, "Reads.comeInKeyOrderDuplicatesIncluded"),
                Arguments.of(MixesUpViews.class, "Reads.ofSeveralViewsComeInRequestOrder"),
                Arguments.of(TakesMissingForNull.class, "Reads.tellNullFromMissing"),
                Arguments.of(AlwaysGivesTheViewsOrder.class, "Reads.giveTheFeaturesAskedForInThatOrder"),
                Arguments.of(AgesFeaturesTogether.class, "Reads.giveAFeatureTheSameTimeWhateverElseIsAskedFor"),
                Arguments.of(LetsOlderRowsWin.class, "Writes.ofOlderRowsAreIgnored"),
                Arguments.of(KeepsTheFirstOfEqualRows.class, "Writes.ofEqualRowsReplace"),
                Arguments.of(IgnoresCreatedOnline.class, "Writes.ofRowsEqualInEventTimeFollowCreatedTime"),
                Arguments.of(RacesWithOtherWriters.class, "Writes.ofManyThreadsEndWithTheNewestRow"),
                Arguments.of(PutsNewerRowsBack.class, "Writes.ofShuffledEventsNeverGoBackForAReader"),
                Arguments.of(StopsAtTheWrongRow.class, "Writes.thatFailTellWhichRowsAreStored"),
                Arguments.of(WritesWhatFailedWithTheNextRows.class, "Writes.thatFailTellWhichRowsAreStored"),
                Arguments.of(DropsRowsWithDamage.class, "Reads.loseOnlyTheValueThatIsDamaged"),
                Arguments.of(TearsDownNamesWithItsEnding.class, "Infrastructure.ofAProjectWithASimilarNameIsAnothers"),
                Arguments.of(ForgetsMissingFeatures.class, "Writes.leaveMissingFeaturesAsTheyAre"),
                Arguments.of(SwallowsNullsOnline.class, "Writes.replaceAValueByNull"),
                Arguments.of(CutsTimesUnannounced.class, "Writes.roundTimesToThePrecision"),
                Arguments.of(PlansWithSideEffects.class, "Infrastructure.isPlannedWithoutTouchingAnything"),
                Arguments.of(EmptiesTablesOnUpdate.class, "Infrastructure.isUpdatedAgainWithoutLosingRows"),
                Arguments.of(TearsDownOthers.class, "Infrastructure.ofAnotherProjectIsAnothers"),
                Arguments.of(SharesTablesBetweenProjects.class, "Infrastructure.ofAnotherProjectIsAnothers"),
                Arguments.of(PurgesTheLimitToo.class, "Purges.deleteRowsBeforeTheLimitAndCountThem"),
                Arguments.of(SortsKeyColumns.class, "ValuesAndKeys.ofSeveralKeyColumnsAreNotMixedUp"),
                Arguments.of(DeniesACapability.class, "declaresTheCapabilitiesItsAuthorExpects"),
                Arguments.of(ScansTheFirstThousand.class, "Scans.giveEveryRow"));
    }

    @ParameterizedTest(name = "{0} is caught by {1}")
    @MethodSource("stores")
    void isCaught(Class<?> wrong, String test) {
        Wrong.isCaughtBy(wrong, test);
    }

    static class AnswersOutOfKeyOrder extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                public List<OnlineResult> read(List<OnlineRead> reads) {
                    return super.read(reads).stream()
                            .map(result -> new OnlineResult(result.lookups().reversed()))
                            .toList();
                }
            });
        }
    }

    /** As a prepared statement does whose batch is not cleared. */
    static class WritesWhatFailedWithTheNextRows extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            List<OnlineRow> left = new CopyOnWriteArrayList<>();
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                public void write(FeatureView view, List<OnlineRow> rows) {
                    try {
                        super.write(view, rows);
                    } catch (InvalidRequestException e) {
                        left.add(rows.getFirst());
                        throw e;
                    }
                    super.write(view, List.copyOf(left));
                    left.clear();
                }
            });
        }
    }

    static class AnswersEachKeyOnce extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                public List<OnlineResult> read(List<OnlineRead> reads) {
                    return super.read(reads.stream()
                            .map(read -> new OnlineRead(
                                    read.view(), read.keys().stream().distinct().toList(), read.features()))
                            .toList());
                }
            });
        }
    }

    static class MixesUpViews extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                public List<OnlineResult> read(List<OnlineRead> reads) {
                    return super.read(reads).reversed();
                }
            });
        }
    }

    static class TakesMissingForNull extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                Lookup found(Stored stored, List<Field> features) {
                    return new Lookup.Found(
                            features.stream()
                                    .map(feature -> stored.values().getOrDefault(feature.name(), Value.Null.NULL))
                                    .toList(),
                            stored.event());
                }
            });
        }
    }

    static class AlwaysGivesTheViewsOrder extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                Lookup found(Stored stored, List<Field> features) {
                    return new Lookup.Found(List.copyOf(stored.values().values()), stored.event());
                }
            });
        }
    }

    /** Keeps a time per feature, and gives the newest of those that happen to be read. */
    static class AgesFeaturesTogether extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            Map<String, Instant> times = new ConcurrentHashMap<>();
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                Stored merge(OnlineRow row, Map<String, Value> before, List<Field> features) {
                    for (int i = 0; i < features.size(); i++) {
                        if (row.values().get(i) != Value.Missing.MISSING) {
                            times.put(features.get(i).name(), row.eventTime());
                        }
                    }
                    return super.merge(row, before, features);
                }

                @Override
                Lookup found(Stored stored, List<Field> features) {
                    Instant newest = features.stream()
                            .map(feature -> times.getOrDefault(feature.name(), stored.event()))
                            .max(Comparator.naturalOrder())
                            .orElse(stored.event());
                    return super.found(new Stored(stored.values(), newest, stored.created()), features);
                }
            });
        }
    }

    static class LetsOlderRowsWin extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                boolean replaces(OnlineRow row, Stored stored) {
                    return true;
                }
            });
        }
    }

    static class KeepsTheFirstOfEqualRows extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                boolean replaces(OnlineRow row, Stored stored) {
                    return row.eventTime().isAfter(stored.event());
                }
            });
        }
    }

    static class IgnoresCreatedOnline extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                boolean replaces(OnlineRow row, Stored stored) {
                    return !row.eventTime().isBefore(stored.event());
                }
            });
        }
    }

    /** Looks whether its row is the newest, is overtaken by all other writers, and then writes it. */
    static class RacesWithOtherWriters extends OnlineStoreContract {
        private final CountDownLatch oldestLooked = new CountDownLatch(1);
        private final CountDownLatch othersWrote = new CountDownLatch(WRITERS - 1);

        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                void put(Map<EntityKey, Stored> table, OnlineRow row, List<Field> features) {
                    if (!row.key().equals(key(1))) {
                        super.put(table, row, features);
                    } else if (row.eventTime().equals(NOON)) {
                        oldestLooked.countDown();
                        await(othersWrote);
                        table.put(row.key(), merge(row, Map.of(), features));
                    } else {
                        await(oldestLooked);
                        super.put(table, row, features);
                        othersWrote.countDown();
                    }
                }
            });
        }

        private static void await(CountDownLatch latch) {
            try {
                if (!latch.await(10, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("the other writers did not come");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Writes an older row first and then looks what it has replaced; here a reader comes in between. */
    static class PutsNewerRowsBack extends OnlineStoreContract {
        private final Semaphore reads = new Semaphore(0);
        private final AtomicBoolean once = new AtomicBoolean();

        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                public List<OnlineResult> read(List<OnlineRead> wanted) {
                    List<OnlineResult> results = super.read(wanted);
                    reads.release();
                    return results;
                }

                @Override
                void put(Map<EntityKey, Stored> table, OnlineRow row, List<Field> features) {
                    Stored before = table.get(row.key());
                    if (before == null || replaces(row, before) || !once.compareAndSet(false, true)) {
                        super.put(table, row, features);
                        return;
                    }
                    // A read that had begun before may end in between, the one after it sees it all.
                    awaitTwoReads();
                    table.put(row.key(), merge(row, Map.of(), features));
                    awaitTwoReads();
                    table.put(row.key(), before);
                }
            });
        }

        private void awaitTwoReads() {
            reads.drainPermits();
            try {
                if (!reads.tryAcquire(2, 10, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("the reader did not come");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static class StopsAtTheWrongRow extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                public void write(FeatureView view, List<OnlineRow> rows) {
                    rows.forEach(row -> super.write(view, List.of(row)));
                }
            });
        }
    }

    static class DropsRowsWithDamage extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                Lookup found(Stored stored, List<Field> features) {
                    return stored.values().values().stream().anyMatch(Value.Corrupt.class::isInstance)
                            ? Lookup.Absent.ABSENT
                            : super.found(stored, features);
                }
            });
        }
    }

    static class TearsDownNamesWithItsEnding extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                public void teardown(List<FeatureView> views) {
                    tables.keySet().removeIf(table -> table.project().endsWith(project));
                }
            });
        }
    }

    static class ForgetsMissingFeatures extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                Stored merge(OnlineRow row, Map<String, Value> before, List<Field> features) {
                    return super.merge(row, Map.of(), features);
                }
            });
        }
    }

    static class SwallowsNullsOnline extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                Stored merge(OnlineRow row, Map<String, Value> before, List<Field> features) {
                    Stored merged = super.merge(row, before, features);
                    merged.values()
                            .replaceAll((name, value) ->
                                    value.equals(Value.Null.NULL) ? before.getOrDefault(name, value) : value);
                    return merged;
                }
            });
        }
    }

    static class CutsTimesUnannounced extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                Stored merge(OnlineRow row, Map<String, Value> before, List<Field> features) {
                    Stored merged = super.merge(row, before, features);
                    return new Stored(
                            merged.values(), merged.event().truncatedTo(ChronoUnit.SECONDS), merged.created());
                }
            });
        }
    }

    static class PlansWithSideEffects extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                public List<InfraChange> plan(ViewChanges changes) {
                    List<InfraChange> plan = super.plan(changes);
                    update(changes);
                    return plan;
                }
            });
        }
    }

    static class EmptiesTablesOnUpdate extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                public void update(ViewChanges changes) {
                    super.update(new ViewChanges(changes.keep(), changes.keep()));
                    super.update(changes);
                }
            });
        }
    }

    static class TearsDownOthers extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                public void teardown(List<FeatureView> views) {
                    tables.clear();
                }
            });
        }
    }

    static class SharesTablesBetweenProjects extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                TableId table(FeatureView view) {
                    return new TableId("", view.name());
                }
            });
        }
    }

    static class PurgesTheLimitToo extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                public long purge(FeatureView view, Instant limit) {
                    return super.purge(view, limit.plusNanos(1));
                }
            });
        }
    }

    static class SortsKeyColumns extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                void put(Map<EntityKey, Stored> table, OnlineRow row, List<Field> features) {
                    EntityKey sorted = new EntityKey(
                            row.key().joinKeys().stream().sorted().toList(),
                            row.key().values());
                    super.put(table, new OnlineRow(sorted, row.values(), row.eventTime(), row.created()), features);
                }
            });
        }
    }

    static class DeniesACapability extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                public Set<OnlineCapability> capabilities() {
                    return Set.of();
                }
            });
        }
    }

    static class ScansTheFirstThousand extends OnlineStoreContract {
        @Override
        protected OnlineFixture fixture(Path emptyFolder) {
            return new MemoryOnlineStore.Fixture((tables, project) -> new MemoryOnlineStore(tables, project) {
                @Override
                public Stream<OnlineRow> scan(FeatureView view) {
                    return super.scan(view).limit(1000);
                }
            });
        }
    }
}
