package dev.manciple.server.grpc;

import dev.manciple.FeatureSelection;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesRequest;

/**
 * A {@code feast.serving.GetOnlineFeaturesRequest}.
 *
 * @param rest all but what selects the features
 */
record OnlineQuestion(FeatureSelection selection, GetOnlineFeaturesRequest rest) {}
