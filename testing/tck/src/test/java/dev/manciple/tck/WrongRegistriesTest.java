package dev.manciple.tck;

import dev.manciple.model.About;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Preserved;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each of these registries is wrong in one way that has happened, and the kit says so where it should. */
class WrongRegistriesTest {
    static Stream<Arguments> registries() {
        return Stream.of(
                Arguments.of(LetsTheLastWriterWin.class, "Commits.ontoAnOldSnapshotConflictAndChangeNothing"),
                Arguments.of(LosesConcurrentUpdates.class, "ConcurrentCommits.loseNoUpdate"),
                Arguments.of(StoresHalfACommit.class, "Commits.applyAllChangesOrNone"),
                Arguments.of(ShowsCommitsHalfDone.class, "ConcurrentCommits.areNeverSeenHalfDone"),
                Arguments.of(ForgetsHistoryOnApply.class, "Materializations.areKeptWhenTheViewIsAppliedAgain"),
                Arguments.of(DropsTags.class, "Commits.keepEveryPartOfEveryKindOfDefinition"),
                Arguments.of(CutsTtlToSeconds.class, "Commits.keepEveryPartOfEveryKindOfDefinition"),
                Arguments.of(LosesWhatItDoesNotKnow.class, "PreservedDefinitions.outliveEveryOtherChange"),
                Arguments.of(TearsDownAllProjects.class, "Projects.areTornDownOneAtATime"),
                Arguments.of(CachesForEver.class, "Loads.giveWhatChangedSinceTheKnownSnapshot"),
                Arguments.of(LoadsAnewEveryTime.class, "Loads.giveTheKnownSnapshotBackWhereNothingChanged"),
                Arguments.of(MixesProjects.class, "Projects.keepDefinitionsOfOneNameApart"));
    }

    @ParameterizedTest(name = "{0} is caught by {1}")
    @MethodSource("registries")
    void isCaught(Class<?> wrong, String test) {
        Wrong.isCaughtBy(wrong, test);
    }

    static class LetsTheLastWriterWin extends RegistryContract {
        @Override
        protected RegistryFixture fixture(Path emptyFolder) {
            return new MemoryRegistry.Fixture(projects -> new MemoryRegistry(projects) {
                @Override
                boolean isCurrent(RegistrySnapshot base, RegistrySnapshot stored) {
                    return true;
                }
            });
        }
    }

    static class LosesConcurrentUpdates extends RegistryContract {
        @Override
        protected RegistryFixture fixture(Path emptyFolder) {
            return new MemoryRegistry.Fixture(projects -> new MemoryRegistry(projects) {
                @Override
                public RegistrySnapshot commit(RegistrySnapshot base, List<RegistryChange> changes) {
                    RegistrySnapshot next = apply(base, changes);
                    store(next);
                    return next;
                }
            });
        }
    }

    static class StoresHalfACommit extends RegistryContract {
        @Override
        protected RegistryFixture fixture(Path emptyFolder) {
            return new MemoryRegistry.Fixture(projects -> new MemoryRegistry(projects) {
                @Override
                public RegistrySnapshot commit(RegistrySnapshot base, List<RegistryChange> changes) {
                    RegistrySnapshot last = base;
                    for (RegistryChange change : changes) {
                        last = super.commit(last, List.of(change));
                    }
                    return last;
                }
            });
        }
    }

    static class ShowsCommitsHalfDone extends RegistryContract {
        @Override
        protected RegistryFixture fixture(Path emptyFolder) {
            return new MemoryRegistry.Fixture(projects -> new MemoryRegistry(projects) {
                @Override
                public RegistrySnapshot load(String project, Optional<RegistrySnapshot> known) {
                    RegistrySnapshot whole = super.load(project, known);
                    Map<String, Entity> torn = new LinkedHashMap<>(whole.entities());
                    torn.computeIfPresent("second", (name, entity) -> entity.about(About.NOTHING));
                    return new RegistrySnapshot(
                            project,
                            whole.version(),
                            torn,
                            whole.views(),
                            whole.services(),
                            whole.sources(),
                            whole.permissions(),
                            whole.preserved(),
                            whole.materialized(),
                            whole.extras());
                }
            });
        }
    }

    static class ForgetsHistoryOnApply extends RegistryContract {
        @Override
        protected RegistryFixture fixture(Path emptyFolder) {
            return new MemoryRegistry.Fixture(projects -> new MemoryRegistry(projects) {
                @Override
                boolean keepsHistory(Definition replaced) {
                    return false;
                }
            });
        }
    }

    static class DropsTags extends RegistryContract {
        @Override
        protected RegistryFixture fixture(Path emptyFolder) {
            return new MemoryRegistry.Fixture(projects -> new MemoryRegistry(projects) {
                @Override
                Definition stored(Definition definition) {
                    return definition instanceof Entity entity
                            ? entity.about(entity.about().tags(Map.of()))
                            : definition;
                }
            });
        }
    }

    static class CutsTtlToSeconds extends RegistryContract {
        @Override
        protected RegistryFixture fixture(Path emptyFolder) {
            return new MemoryRegistry.Fixture(projects -> new MemoryRegistry(projects) {
                @Override
                Definition stored(Definition definition) {
                    return definition instanceof FeatureView view
                            ? view.ttl(Duration.ofSeconds(view.ttl().toSeconds()))
                            : definition;
                }
            });
        }
    }

    static class LosesWhatItDoesNotKnow extends RegistryContract {
        @Override
        protected RegistryFixture fixture(Path emptyFolder) {
            return new MemoryRegistry.Fixture(projects -> new MemoryRegistry(projects) {
                @Override
                RegistrySnapshot apply(RegistrySnapshot stored, List<RegistryChange> changes) {
                    return super.apply(
                            stored,
                            changes.stream()
                                    .filter(change -> !isPreserved(change))
                                    .toList());
                }

                private boolean isPreserved(RegistryChange change) {
                    return change instanceof RegistryChange.Put(Definition definition)
                            && definition instanceof Preserved;
                }
            });
        }
    }

    static class TearsDownAllProjects extends RegistryContract {
        @Override
        protected RegistryFixture fixture(Path emptyFolder) {
            return new MemoryRegistry.Fixture(projects -> new MemoryRegistry(projects) {
                @Override
                public void teardown(String project) {
                    projects().forEach(super::teardown);
                }
            });
        }
    }

    static class CachesForEver extends RegistryContract {
        @Override
        protected RegistryFixture fixture(Path emptyFolder) {
            return new MemoryRegistry.Fixture(projects -> new MemoryRegistry(projects) {
                @Override
                public RegistrySnapshot load(String project, Optional<RegistrySnapshot> known) {
                    return known.orElseGet(() -> super.load(project, known));
                }
            });
        }
    }

    static class LoadsAnewEveryTime extends RegistryContract {
        @Override
        protected RegistryFixture fixture(Path emptyFolder) {
            return new MemoryRegistry.Fixture(projects -> new MemoryRegistry(projects) {
                @Override
                public RegistrySnapshot load(String project, Optional<RegistrySnapshot> known) {
                    return apply(super.load(project, Optional.empty()), List.of());
                }
            });
        }
    }

    static class MixesProjects extends RegistryContract {
        @Override
        protected RegistryFixture fixture(Path emptyFolder) {
            return new MemoryRegistry.Fixture(projects -> new MemoryRegistry(projects) {
                @Override
                public RegistrySnapshot commit(RegistrySnapshot base, List<RegistryChange> changes) {
                    projects().forEach(project -> super.commit(super.load(project, Optional.empty()), changes));
                    return super.commit(super.load(base.project(), Optional.empty()), changes);
                }
            });
        }
    }
}
