package dev.manciple.server.registry;

import dev.manciple.server.registry.Paging.Page;
import dev.manciple.wire.RegistryCodec;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.proto.RegistryServerProto.Feature;
import dev.manciple.wire.proto.RegistryServerProto.ListAllFeatureViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListFeaturesRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The REST route that finds objects of any kind by a text (Feast: online serving, 8.2): in the name it counts for more than in
 * the description, there for more than in a tag, and nearly the same letters for less.
 */
final class RestSearch {
    static final String PATH = "/search";

    private static final double IN_NAME = 100;
    private static final double IN_DESCRIPTION = 80;
    private static final double IN_TAGS = 60;

    /** From here on texts count as alike. */
    private static final double ALIKE = 0.75;

    private RestSearch() {}

    /**
     * Something to be found.
     *
     * @param more what Feast tells of objects of that type only
     */
    private record Candidate(
            String type,
            String name,
            String description,
            String project,
            Map<String, String> more,
            Map<String, String> tags) {}

    /**
     * @param score empty where nothing was looked for
     * @param tags those that match
     */
    private record Result(Candidate found, Optional<Double> score, Map<String, String> tags) {
        Map<String, @Nullable Object> json() {
            Map<String, @Nullable Object> json = new LinkedHashMap<>();
            json.put("type", found.type());
            json.put("name", found.name());
            json.put("description", found.description());
            json.put("project", found.project());
            json.putAll(found.more());
            json.put("matched_tags", tags);
            score.ifPresent(known -> json.put("match_score", known));
            return json;
        }
    }

    static Map<String, @Nullable Object> answer(RegistryReads reads, RestQuery query) {
        String text = query.text("query").orElseThrow(() -> query.required("query"));
        Paging paging = query.pagingOfResults(List.of("match_score", "name", "type"));
        List<String> known = List.copyOf(RegistryCodec.projects(reads.registry()));
        List<String> asked = query.texts("projects").stream()
                .filter(project -> !project.isBlank())
                .distinct()
                .toList();
        List<String> searched =
                asked.isEmpty() ? known : asked.stream().filter(known::contains).toList();
        List<Result> results = new ArrayList<>();
        for (String project : searched) {
            candidates(reads, project, query.tags()).stream()
                    .flatMap(candidate -> match(candidate, text.toLowerCase(Locale.ROOT)).stream())
                    .forEach(results::add);
        }
        results.sort(order(paging));
        Page<Result> page = paging.cut(results);
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("query", text);
        answer.put("projects_searched", searched);
        answer.put("results", page.objects().stream().map(Result::json).toList());
        answer.put("pagination", searched.isEmpty() ? Map.of() : RestResource.tree(page.metadata()));
        answer.put("errors", errors(known, asked));
        return answer;
    }

    private static List<String> errors(List<String> known, List<String> asked) {
        if (known.isEmpty()) {
            return List.of("No projects found");
        }
        List<String> unknown =
                asked.stream().filter(Predicate.not(known::contains)).toList();
        return unknown.isEmpty()
                ? List.of()
                : List.of("Following projects do not exist: " + String.join(", ", unknown));
    }

    private static Comparator<Result> order(Paging paging) {
        Comparator<Result> order = switch (paging.sortBy()) {
            case "name" -> Comparator.comparing(result -> result.found().name());
            case "type" -> Comparator.comparing(result -> result.found().type());
            default -> Comparator.comparing(result -> result.score().orElse(0.0));
        };
        return paging.descending() ? order.reversed() : order;
    }

    private static Optional<Result> match(Candidate candidate, String text) {
        if (text.isEmpty()) {
            return Optional.of(new Result(candidate, Optional.empty(), candidate.tags()));
        }
        Map<String, String> tags = new LinkedHashMap<>();
        double ofTags = 0;
        for (Map.Entry<String, String> tag : candidate.tags().entrySet()) {
            String words = lower(tag.getKey() + "=" + tag.getValue());
            double score = words.contains(text) ? IN_TAGS : alike(text, words);
            if (score > 0) {
                tags.put(tag.getKey(), tag.getValue());
                // Those that are only alike count where no tag has the text, and then for what they are.
                ofTags = ofTags == IN_TAGS || score == IN_TAGS ? IN_TAGS : Math.max(ofTags, score);
            }
        }
        double score = score(candidate, text, ofTags);
        return score > 0 ? Optional.of(new Result(candidate, Optional.of(score), tags)) : Optional.empty();
    }

    private static double score(Candidate candidate, String text, double ofTags) {
        if (lower(candidate.name()).contains(text)) {
            return IN_NAME;
        }
        if (lower(candidate.description()).contains(text)) {
            return IN_DESCRIPTION;
        }
        return ofTags > 0 ? ofTags : alike(text, lower(candidate.name()));
    }

    /** A hundred times the share of letters two texts have in common; nothing where that is little. */
    private static double alike(String one, String other) {
        Set<Integer> letters = one.codePoints().boxed().collect(Collectors.toSet());
        Set<Integer> others = other.codePoints().boxed().collect(Collectors.toSet());
        Set<Integer> all = new HashSet<>(letters);
        all.addAll(others);
        letters.retainAll(others);
        double share = (double) letters.size() / all.size();
        return share >= ALIKE ? 100 * share : 0;
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** @param tags which objects must have all of; features are found whatever they have, as in Feast */
    private static List<Candidate> candidates(RegistryReads reads, String project, Map<String, String> tags) {
        List<Candidate> candidates = new ArrayList<>();
        reads.all(RegistryList.ENTITIES, project, tags)
                .forEach(each -> candidates.add(new Candidate(
                        Lineage.ENTITY,
                        each.getSpec().getName(),
                        each.getSpec().getDescription(),
                        project,
                        Map.of(),
                        each.getSpec().getTagsMap())));
        reads.all(RegistryList.DATA_SOURCES, project, tags)
                .forEach(each -> candidates.add(new Candidate(
                        Lineage.DATA_SOURCE,
                        each.getName(),
                        each.getDescription(),
                        project,
                        Map.of(),
                        each.getTagsMap())));
        reads.allViews(ListAllFeatureViewsRequest.newBuilder()
                        .setProject(project)
                        .putAllTags(tags)
                        .build())
                .forEach(each -> candidates.add(new Candidate(
                        Lineage.FEATURE_VIEW,
                        RegistryReads.name(each),
                        RegistryReads.description(each),
                        project,
                        Map.of(),
                        RegistryReads.tags(each))));
        reads.all(RegistryList.LABEL_VIEWS, project, tags)
                .forEach(each -> candidates.add(new Candidate(
                        Lineage.LABEL_VIEW,
                        each.getSpec().getName(),
                        each.getSpec().getDescription(),
                        project,
                        Map.of(),
                        each.getSpec().getTagsMap())));
        features(reads, project, "feature").forEach(each -> candidates.add(candidate(each, "featureView", project)));
        features(reads, project, "label").forEach(each -> candidates.add(candidate(each, "labelView", project)));
        reads.services(project, tags, "")
                .forEach(each -> candidates.add(new Candidate(
                        Lineage.FEATURE_SERVICE,
                        each.getSpec().getName(),
                        each.getSpec().getDescription(),
                        project,
                        Map.of(),
                        each.getSpec().getTagsMap())));
        reads.savedDatasets(project, tags, "", "")
                .forEach(each -> candidates.add(new Candidate(
                        Lineage.SAVED_DATASET,
                        each.getSpec().getName(),
                        each.getSpec().getDescription(),
                        project,
                        Map.of(),
                        each.getSpec().getTagsMap())));
        return candidates;
    }

    private static List<Feature> features(RegistryReads reads, String project, String kind) {
        return reads.features(ListFeaturesRequest.newBuilder()
                .setProject(project)
                .setKind(kind)
                .build());
    }

    private static Candidate candidate(Feature feature, String ofView, String project) {
        return new Candidate(
                feature.getKind(),
                feature.getName(),
                feature.getDescription(),
                project,
                Map.of(ofView, feature.getFeatureView()),
                feature.getTagsMap());
    }
}
