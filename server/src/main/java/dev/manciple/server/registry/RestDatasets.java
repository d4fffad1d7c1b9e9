package dev.manciple.server.registry;

import dev.manciple.server.auth.Caller;
import dev.manciple.wire.proto.RegistryServerProto.CreateDatasetFromRetrievalRequest;
import dev.manciple.wire.proto.RegistryServerProto.CreateDatasetFromRetrievalResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetDataRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetDataResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetJobStatusResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListDatasetJobsRequest;
import dev.manciple.wire.proto.RegistryServerProto.TabularRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The REST routes of datasets and the jobs that make them. The keys of a body are the fields of the message. */
final class RestDatasets {
    static final String CREATE = "/saved_datasets/create";

    private static final int ROWS = 10;

    private static final Set<String> FIELDS = CreateDatasetFromRetrievalRequest.getDescriptor().getFields().stream()
            .map(field -> field.getName())
            .collect(Collectors.toUnmodifiableSet());

    private final Datasets datasets;

    RestDatasets(Datasets datasets) {
        this.datasets = datasets;
    }

    /** What a route that changes nothing answers to a caller. */
    @FunctionalInterface
    interface Reading {
        Map<String, @Nullable Object> answer(Caller caller, RestQuery query);
    }

    /** By path; of paths that fit one request the first counts, before those of other objects. */
    Map<String, Reading> reading() {
        Map<String, Reading> reading = new LinkedHashMap<>();
        reading.put("/saved_datasets/data/{name}", this::data);
        reading.put("/saved_datasets/jobs", this::jobs);
        reading.put("/saved_datasets/jobs/{name}", (caller, query) -> job(datasets.status(caller, query.name())));
        return reading;
    }

    Map<String, @Nullable Object> create(Caller caller, RestBody body) {
        // Here they are asked for, where a call of gRPC leaves them to the server.
        body.name();
        body.project();
        CreateDatasetFromRetrievalResponse created = datasets.create(
                caller,
                body.into(CreateDatasetFromRetrievalRequest.newBuilder(), FIELDS)
                        .build());
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("job_id", created.getJobId());
        answer.put("status", created.getStatus());
        return answer;
    }

    private Map<String, @Nullable Object> data(Caller caller, RestQuery query) {
        GetDatasetDataResponse data = datasets.data(
                caller,
                GetDatasetDataRequest.newBuilder()
                        .setName(query.name())
                        .setProject(query.project())
                        .setLimit(query.limit(ROWS))
                        .build());
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("columns", data.getColumnsList());
        answer.put(
                "rows",
                data.getRowsList().stream()
                        .map(row -> row(data.getColumnsList(), row))
                        .toList());
        answer.put("total_rows", data.getTotalRows());
        answer.put("sample_size", data.getSampleSize());
        return answer;
    }

    private static Map<String, @Nullable Object> row(List<String> columns, TabularRow row) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            values.put(columns.get(i), JsonMapper.shared().readTree(row.getValues(i)));
        }
        return values;
    }

    private Map<String, @Nullable Object> jobs(Caller caller, RestQuery query) {
        List<Object> jobs = new ArrayList<>();
        datasets.list(
                        caller,
                        ListDatasetJobsRequest.newBuilder()
                                .setProject(query.filter("project"))
                                .setStatusFilter(query.filter("status"))
                                .build())
                .getJobsList()
                .forEach(job -> jobs.add(job(job)));
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("jobs", jobs);
        return answer;
    }

    private static Map<String, @Nullable Object> job(GetDatasetJobStatusResponse job) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("job_id", job.getJobId());
        answer.put("dataset_name", job.getDatasetName());
        answer.put("project", job.getProject());
        answer.put("status", job.getStatus());
        answer.put("created_at", job.getCreatedAt());
        answer.put("completed_at", job.getCompletedAt());
        answer.put("error", job.getError());
        return answer;
    }
}
