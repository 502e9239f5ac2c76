#include "framework/decode/depth_sync.h"

#include <gtest/gtest.h>

namespace crucible::decode {
namespace {

TEST(DepthSyncTest, NothingAppliesBeforeASnapshot) {
  DepthSync sync(false);
  EXPECT_EQ(sync.OnChange({1, 5, 0}), DepthStep::kWait);
  EXPECT_FALSE(sync.synchronised());
}

TEST(DepthSyncTest, SpotDropsWhatTheSnapshotHoldsAndBracketsItsNextId) {
  DepthSync sync(false);
  sync.OnSnapshot(100);
  EXPECT_EQ(sync.OnChange({90, 99, 0}), DepthStep::kDrop);
  EXPECT_EQ(sync.OnChange({95, 100, 0}), DepthStep::kDrop);
  EXPECT_EQ(sync.OnChange({99, 104, 0}), DepthStep::kApply);
  EXPECT_EQ(sync.OnChange({105, 110, 0}), DepthStep::kApply);
  EXPECT_EQ(sync.OnChange({105, 110, 0}), DepthStep::kDrop);
  EXPECT_EQ(sync.OnChange({112, 115, 0}), DepthStep::kGap);
  EXPECT_EQ(sync.expected_id(), 111U);
  EXPECT_EQ(sync.found_id({112, 115, 0}), 112U);
  EXPECT_EQ(sync.OnChange({116, 120, 0}), DepthStep::kWait);
}

TEST(DepthSyncTest, ASpotChangeMayStartRightBehindTheSnapshot) {
  DepthSync sync(false);
  sync.OnSnapshot(100);
  EXPECT_EQ(sync.OnChange({101, 103, 0}), DepthStep::kApply);
  sync.OnSnapshot(200);
  EXPECT_EQ(sync.OnChange({202, 203, 0}), DepthStep::kGap);
}

TEST(DepthSyncTest, FuturesKeepTheChangeThatEndsAtTheSnapshotAndFollowThePreviousId) {
  DepthSync sync(true);
  sync.OnSnapshot(100);
  EXPECT_EQ(sync.OnChange({90, 99, 80}), DepthStep::kDrop);
  EXPECT_EQ(sync.OnChange({95, 100, 90}), DepthStep::kApply);
  EXPECT_EQ(sync.OnChange({130, 140, 100}), DepthStep::kApply);  // ids of a symbol are sparse
  EXPECT_EQ(sync.OnChange({150, 160, 145}), DepthStep::kGap);
  EXPECT_EQ(sync.expected_id(), 140U);
  EXPECT_EQ(sync.found_id({150, 160, 145}), 145U);
}

TEST(DepthSyncTest, AFuturesSnapshotBetweenTwoChangesIsContinuedByThePreviousId) {
  DepthSync sync(true);
  sync.OnSnapshot(100);
  EXPECT_EQ(sync.OnChange({110, 120, 99}), DepthStep::kApply);
  sync.OnSnapshot(200);
  EXPECT_EQ(sync.OnChange({210, 220, 205}), DepthStep::kGap);
}

TEST(DepthSyncTest, ASnapshotOlderThanTheBookTellsNothing) {
  DepthSync sync(false);
  sync.OnSnapshot(100);
  EXPECT_FALSE(sync.IsOlderThanBook(50));  // nothing has continued the first one yet
  EXPECT_EQ(sync.OnChange({101, 110, 0}), DepthStep::kApply);
  EXPECT_TRUE(sync.IsOlderThanBook(110));
  EXPECT_FALSE(sync.IsOlderThanBook(111));
}

}  // namespace
}  // namespace crucible::decode
