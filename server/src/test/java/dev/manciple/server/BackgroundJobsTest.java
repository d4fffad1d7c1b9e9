package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.tck.Await;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackgroundJobsTest {
    private static final Instant END = Instant.parse("2024-06-01T00:00:00Z");

    /** The ends that are forgotten at once. */
    private final Set<Instant> stale = ConcurrentHashMap.newKeySet();

    private final CountDownLatch goOn = new CountDownLatch(1);
    private final BackgroundJobs<Job> jobs = new BackgroundJobs<>(
            "test", 2, (running, failure) -> running.over(END, String.valueOf(failure.getMessage())), stale::contains);

    private record Job(String id, boolean begun, Optional<Instant> ended, String outcome)
            implements BackgroundJobs.Job<Job> {
        @Override
        public Job running() {
            return new Job(id, true, ended, outcome);
        }

        Job over(Instant end, String how) {
            return new Job(id, begun, Optional.of(end), how);
        }
    }

    @AfterEach
    void close() {
        jobs.close();
    }

    private void submit(String id, UnaryOperator<Job> work) {
        jobs.submit(new Job(id, false, Optional.empty(), ""), work);
    }

    private static Job done(Job running) {
        return running.over(END, "done");
    }

    private Job untilOpened(Job running) {
        try {
            goOn.await();
            return done(running);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Job over(String id) throws Exception {
        return Await.until(
                        id + " is over",
                        () -> jobs.find(id),
                        job -> job.isPresent() && job.get().ended().isPresent())
                .orElseThrow();
    }

    private List<String> known() {
        return jobs.all().stream().map(Job::id).toList();
    }

    @Test
    void jobsRunAFewAtATimeAndAreListedAsTheyWereTaken() throws Exception {
        List.of("b", "c", "a").forEach(id -> submit(id, this::untilOpened));
        Await.until("two run", () -> jobs.all().stream().filter(Job::begun).count() == 2);

        assertThat(jobs.find("a")).contains(new Job("a", false, Optional.empty(), ""));
        goOn.countDown();
        over("a");
        over("b");
        over("c");
        assertThat(jobs.all())
                .containsExactly(
                        new Job("b", true, Optional.of(END), "done"),
                        new Job("c", true, Optional.of(END), "done"),
                        new Job("a", true, Optional.of(END), "done"));
    }

    @Test
    void whatEndedFirstIsForgottenFirstAndWhatRunsNever() throws Exception {
        submit("long", this::untilOpened);
        List<String> ids = IntStream.range(0, 150).mapToObj(i -> "quick" + i).toList();
        ids.forEach(id -> submit(id, BackgroundJobsTest::done));
        over("quick149");

        List<String> remembered = new ArrayList<>(List.of("long"));
        remembered.addAll(ids.subList(50, 150));
        assertThat(known()).isEqualTo(remembered);
        goOn.countDown();
        over("long");
        remembered.remove("quick50");
        assertThat(known()).as("taken first, ended last").isEqualTo(remembered);
    }

    @Test
    void whatIsStaleIsForgottenWhenSomebodyAsks() throws Exception {
        submit("old", BackgroundJobsTest::done);
        over("old");
        submit("new", running -> running.over(END.plusSeconds(1), "done"));
        over("new");
        stale.add(END);

        assertThat(jobs.find("old")).isEmpty();
        assertThat(known()).containsExactly("new");
    }

    @Test
    void aJobThatFailsIsOverAndTheNextOneRuns() throws Exception {
        for (int i = 0; i < 3; i++) {
            submit("failing" + i, running -> {
                throw new IllegalStateException("no rows");
            });
            submit("broken" + i, running -> {
                throw new StackOverflowError("too deep");
            });
        }
        submit("next", BackgroundJobsTest::done);

        assertThat(over("next").outcome()).isEqualTo("done");
        assertThat(over("failing2")).isEqualTo(new Job("failing2", true, Optional.of(END), "no rows"));
        assertThat(over("broken2")).isEqualTo(new Job("broken2", true, Optional.of(END), "too deep"));
    }

    @Test
    void closingEndsWhatRunsAndLosesNothing() throws Exception {
        List.of("a", "b", "waiting").forEach(id -> submit(id, this::untilOpened));
        Await.until("two run", () -> jobs.all().stream().filter(Job::begun).count() == 2);
        jobs.close();

        assertThat(jobs.all())
                .containsExactly(
                        new Job("a", true, Optional.of(END), "interrupted"),
                        new Job("b", true, Optional.of(END), "interrupted"),
                        new Job("waiting", false, Optional.empty(), ""));
        assertThatThrownBy(() -> submit("late", BackgroundJobsTest::done))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(known()).doesNotContain("late");
    }
}
