package dev.manciple.hybrid.offline;

import dev.manciple.spi.Explanation;
import dev.manciple.spi.Spine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.Field;

/** Tells what a request across stores will do, in words and with the plan and SQL of each child. */
final class Explaining {
    private Explaining() {}

    static Explanation explain(CrossEngineJob job, Layout layout, List<Transfers> transfers) {
        List<String> steps = new ArrayList<>();
        steps.add(
                "spine: %s, kept here once with a row id".formatted(job.spine().title()));
        List<Explanation> parts = new ArrayList<>();
        for (int i = 0; i < transfers.size(); i++) {
            Layout.Part part = layout.parts().get(i);
            steps.add("%s: %s"
                    .formatted(part.share().child().title(), transfers.get(i).describe()));
            steps.add("  gets %s"
                    .formatted(
                            part.thin().getFields().stream().map(Field::getName).collect(Collectors.joining(", "))));
            parts.add(part(job, part));
        }
        steps.add("stitch: the answers are joined here by row id, %s"
                .formatted(job.request().options().ordered() ? "in the order of the entity rows" : "in any order"));
        job.workshop()
                .config()
                .maxTransferBytes()
                .ifPresent(most -> steps.add("limit: at most %,d bytes may move".formatted(most)));
        return new Explanation(
                HybridOfflineStore.NAME,
                String.join(System.lineSeparator(), steps),
                Optional.empty(),
                OptionalLong.empty(),
                parts);
    }

    private static Explanation part(CrossEngineJob job, Layout.Part part) {
        ChildStore child = part.share().child();
        Spine.Rows rows = new Spine.Rows(part.thin(), job.spine().timeColumn(), () -> {
            throw new dev.manciple.error.InternalException("A job must explain itself without the entity rows");
        });
        Explanation inner = child.reading(
                "explain its part",
                () -> child.store()
                        .historicalFeatures(Layout.request(job.request(), part.share(), rows, false))
                        .explain());
        return new Explanation(child.title(), inner.plan(), inner.sql(), inner.estimatedBytes(), inner.parts());
    }
}
