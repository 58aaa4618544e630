/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Scores

/-!
# Tests: scores of images

What the programs compute is compared with the definitions and with numbers that were counted by
hand, or by another program for the larger images.
-/

noncomputable section

namespace Bridge

/-- Both scores of an image, by the programs. -/
def fast (height width A : Nat) : Nat × Nat :=
  (PixelScore.fast .size height width A, PixelScore.fast .thick height width A)

/-- The same by the definitions. -/
def plain (height width A : Nat) : Nat × Nat :=
  ((imageOf height width A).size, (imageOf height width A).thick)

/-- Whether both are so for an image that is written as a picture. -/
def scored (height width : Nat) (levels : List Nat) (size thick : Nat) : Bool :=
  fast height width (pack 256 levels) == (size, thick) &&
  plain height width (pack 256 levels) == (size, thick)

/-! ## Small images -/

example : scored 1 1 [0] 0 0 = true := by decide +kernel
example : scored 1 1 [127] 0 0 = true := by decide +kernel
example : scored 1 1 [128] 1 0 = true := by decide +kernel
example : scored 1 1 [255] 1 0 = true := by decide +kernel
-- the values of another image are wrong
example : scored 1 1 [255] 0 0 = false := by decide +kernel
example : scored 1 1 [255] 1 1 = false := by decide +kernel
example : scored 1 5 [0, 0, 200, 0, 0] 1 2 = true := by decide +kernel
example : scored 1 5 [200, 0, 0, 0, 200] 2 2 = true := by decide +kernel
example : scored 1 5 [0, 128, 127, 0, 0] 1 2 = true := by decide +kernel
example : scored 5 1 [0, 0, 200, 0, 0] 1 2 = true := by decide +kernel
example : scored 5 1 [200, 0, 0, 0, 200] 2 2 = true := by decide +kernel
-- nothing goes on at the other end of a row, or in the row below
example : scored 3 3 [
  0, 0, 255,
  0, 0, 0,
  0, 0, 0] 1 3 = true := by decide +kernel
example : scored 3 3 [
  0, 0, 0,
  128, 127, 127,
  0, 0, 0] 1 5 = true := by decide +kernel
example : scored 3 3 [
  0, 0, 0,
  0, 255, 0,
  0, 0, 0] 1 8 = true := by decide +kernel
example : scored 3 3 [
  255, 255, 255,
  255, 255, 255,
  255, 255, 255] 9 0 = true := by decide +kernel
example : scored 3 3 [0, 0, 0, 0, 0, 0, 0, 0, 0] 0 0 = true := by decide +kernel
example : scored 4 6 [
  255, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 200, 0,
  0, 0, 0, 0, 0, 150] 3 10 = true := by decide +kernel

-- no pixels at all
example : fast 0 5 0xffff = (0, 0) := by decide +kernel
example : fast 5 0 0xffff = (0, 0) := by decide +kernel
example : fast 0 0 0xffff = (0, 0) := by decide +kernel
example : plain 5 0 0xffff = (0, 0) := by decide +kernel

-- what is above the digits of an image is no part of it
example : fast 2 2 0x80_00_00_00_80 = (1, 3) := by decide +kernel
example : fast 2 2 0xff_ff_ff_ff_ff_00_00_00_00 = (0, 0) := by decide +kernel
example : plain 2 2 0xff_ff_ff_ff_ff_00_00_00_00 = (0, 0) := by decide +kernel
example : scored 1 1 [127, 255, 255] 0 0 = true := by decide +kernel

/-! ## All images of a few pixels, and all images of one pixel -/

/-- An image whose pixels are of level 128 where a number has bits, and of 127 otherwise. -/
def ofBits (pixels bits : Nat) : Nat :=
  pack 256 ((List.range pixels).map fun k => 127 + bits / 2 ^ k % 2)

/-- Whether the programs agree with the definitions for the image. -/
def agree (height width A : Nat) : Bool := fast height width A == plain height width A

example : (List.range 64).all (fun bits => agree 2 3 (ofBits 6 bits)) = true := by decide +kernel
example : (List.range 64).all (fun bits => agree 3 2 (ofBits 6 bits)) = true := by decide +kernel
example : (List.range 20).all (fun k => agree 4 5 (255 * 256 ^ k)) = true := by decide +kernel
-- in a corner, at a border, and inside
example : (List.range 20).map (fun k => (fast 4 5 (255 * 256 ^ k)).2) = [
  3, 5, 5, 5, 3,
  5, 8, 8, 8, 5,
  5, 8, 8, 8, 5,
  3, 5, 5, 5, 3] := by decide +kernel

/-! ## Numbers of pixels of one, two and three bytes -/

/-- An image that is white. -/
def white (pixels : Nat) : Nat := 256 ^ pixels - 1

example : fast 2 127 (white 254) = (254, 0) := by decide +kernel
example : fast 5 51 (white 255) = (255, 0) := by decide +kernel
example : fast 16 16 (white 256) = (256, 0) := by decide +kernel
example : fast 28 28 (white 784) = (784, 0) := by decide +kernel
example : fast 28 28 (white 28) = (28, 28) := by decide +kernel
example : fast 257 255 (white 65535) = (65535, 0) := by decide +kernel
example : fast 256 256 (white 65536) = (65536, 0) := by decide +kernel
-- every other column is white: the others are added
example : fast 256 256 (255 * onesFast (2 ^ 16) 32768) = (32768, 32768) := by decide +kernel

/-! ## Images of 28 × 28 pixels -/

/-- Grey levels at random. -/
def noise : Nat := pack (2 ^ 224) [
  0xf9436f483cc0a730ff260c000b21689262470dfa49a18378ce05ceab,
  0xe58b3a57de1fad5f102fe15c45e78ef50fa9adaa7ea0641dd8cce52d,
  0xcc2b7294b247261e5127ce4b538734ee6f55800900c5b5c7044edfe2,
  0xef3566adf3fa5e74d8d715dfee5003c43cf7814a8185cc25510f3ccc,
  0x310acc5460eea2d7b1291ba7a45b38f776a5aff1ac32bd503dac8e44,
  0x8d6c66f1d87cb65c271ccf60b99dfdadf02b9c1bb60761d8cc286331,
  0x2802d2d43096fd525394ec9def90a15a6bca0026666c51bbf59a7aa5,
  0x0e4f727047c4ddfb1bb48d807d8c42fe86522392d4d5db30125767b1,
  0xbcf698ea6688cb0b5636db58aa0374587b30e379ed3c57a431c300be,
  0x5d6659c8e224993137fb0c42348a364e26cd0abc0169b2cab0338095,
  0x50bf88eeb95d811adeb93b6ad204570ab4df6042f06dc923ae496abc,
  0x7d9e90d486b1ba7d99e17d618e9f05d8d5087a7d87fa0b3c0cbb7e94,
  0x3f2304f90b05426571fb4b08f4c2bf82fd0e30d3ac568d5d3fe69d97,
  0x336bec077d6a461c742e8c0e8061ad95317d101e3f72b0642953dc48,
  0xfb119a6b6ab836050f9000b22d8e5d76ef8b17f6522931734070bb32,
  0xd2a0c2461a9c814ca0dd5234c82265b6dafe1a7cebd79c4d3ec1e37c,
  0x71c08a7f0f663af9468c0fc25c775fca6ba7e1115f07f233634c7bbc,
  0x4217afd6eef5111b04dacd1068ba1de8f3095fb12252ebc527e9063f,
  0x62c66c085591303bb6c0bd5f67e82fa986ea1251f31be4b33f1a7a84,
  0x511a42f8cdb1915a9beb8ee880d4f2515da6113a70895525c9f8ae69,
  0x65e4d13b57103f5f83bd21f3e1b779597988c838233bf50b7fe9e393,
  0xd6c02e8728a61116080f5fd730c8a8a23243ad08f471ff350327c863,
  0xf9bc34989591434239b8ee84034bd168ee940fa20eaa01cfd3703ed6,
  0x4d6d429da7117dcdaa8fceb915be9879fed6bca848f892e392755d34,
  0x959955d0ccece55affb6b2283e719656e6ff40452e0f9649116b831f,
  0x8f804f2412a341cb4c16fc8736f013abbc61850485d7b16f1672956a,
  0xbee4bb1e617486a959c71039706bea49f6d2ca5b2705416d49940a72,
  0x8d906ccf30da0503f540d2efa84d3677201be275e9a93d2178fee579]

example : fast 28 28 noise = (374, 408) := by decide +kernel

/-- Grey levels of 127, and at random places of 128. -/
def sparse : Nat := pack (2 ^ 224) [
  0x7f7f7f7f7f7f7f7f7f7f7f807f7f7f7f7f7f7f7f7f807f7f7f7f7f7f,
  0x7f807f7f7f7f7f7f7f7f7f7f7f7f7f7f807f7f7f7f7f7f7f7f7f7f80,
  0x7f7f7f7f807f7f7f7f7f7f7f7f807f7f7f7f7f7f807f7f7f7f7f7f7f,
  0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f807f7f7f7f7f7f7f7f7f7f7f7f,
  0x7f7f7f7f7f7f7f7f7f7f7f7f7f807f7f7f7f7f7f7f7f807f7f7f7f7f,
  0x7f807f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f,
  0x7f7f7f7f7f7f7f7f807f7f7f7f7f7f807f7f7f7f7f7f7f7f80807f7f,
  0x7f7f7f7f7f7f7f7f807f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f,
  0x7f7f7f807f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f807f807f7f7f,
  0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f80,
  0x7f7f7f7f7f7f807f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f,
  0x7f7f7f7f7f7f7f7f7f7f7f807f7f807f7f7f7f7f7f7f7f7f7f807f7f,
  0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f807f7f807f7f7f7f7f7f7f7f7f7f,
  0x7f7f7f7f7f7f7f7f7f7f7f7f7f807f7f7f80807f7f7f807f7f7f7f7f,
  0x7f807f7f807f7f7f7f7f80807f807f7f7f7f7f807f7f7f7f7f7f7f80,
  0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f807f807f7f7f7f7f7f7f7f7f80,
  0x7f807f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f807f7f,
  0x7f7f7f7f7f7f7f7f7f7f7f80807f7f7f7f7f7f7f7f7f7f807f7f7f7f,
  0x807f7f7f7f7f7f7f7f7f7f7f7f7f7f807f7f7f807f7f80807f7f7f7f,
  0x7f7f7f7f807f807f7f7f7f807f807f7f7f7f7f7f7f7f7f7f807f7f7f,
  0x7f7f7f7f807f7f7f80807f7f7f7f7f7f7f807f7f7f7f7f807f7f7f7f,
  0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f807f7f7f7f7f,
  0x7f7f7f7f7f7f7f807f7f7f7f7f807f7f7f7f7f7f7f7f7f807f7f7f7f,
  0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f807f7f7f807f7f,
  0x7f7f7f7f7f7f7f7f807f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f807f,
  0x7f7f7f7f7f7f807f7f7f7f807f7f7f7f7f7f7f7f7f807f7f7f7f807f,
  0x807f7f7f7f7f7f7f7f7f7f807f7f807f7f7f7f7f7f7f7f7f7f7f7f7f,
  0x7f807f7f7f7f7f807f7f7f7f7f7f7f7f7f7f7f807f807f7f7f7f7f7f]

example : fast 28 28 sparse = (80, 400) := by decide +kernel

/-- A figure of strokes, with a black frame. -/
def digit : Nat := pack (2 ^ 224) [
  0x00000000000000000000000000000000000000000000000000000000,
  0x00000000000000000000000000000000000000000000000000000000,
  0x00000000000000000f0f0fcfcfcfefefef6f6f6f0000000000000000,
  0x00000000000000000f0f0fcfcfcfefefef6f6f6f0000000000000000,
  0x00000000000000000f0f0fcfcfcfefefef6f6f6f0000000000000000,
  0x00000000000000003f3f3fefefef5f5f5fcfcfcf7f7f7f0000000000,
  0x00000000000000003f3f3fefefef5f5f5fcfcfcf7f7f7f0000000000,
  0x00000000000000003f3f3fefefef5f5f5fcfcfcf7f7f7f0000000000,
  0x0000000000000000000000cfcfcfcfcfcf0f0f0f1f1f1f0000000000,
  0x0000000000000000000000cfcfcfcfcfcf0f0f0f1f1f1f0000000000,
  0x0000000000000000000000cfcfcfcfcfcf0f0f0f1f1f1f0000000000,
  0x00000000000000000f0f0fafafafefefef1f1f1f0000000000000000,
  0x00000000000000000f0f0fafafafefefef1f1f1f0000000000000000,
  0x00000000000000000f0f0fafafafefefef1f1f1f0000000000000000,
  0x00000000000f0f0fbfbfbfbfbfbf0f0f0f0000000000000000000000,
  0x00000000000f0f0fbfbfbfbfbfbf0f0f0f0000000000000000000000,
  0x00000000000f0f0fbfbfbfbfbfbf0f0f0f0000000000000000000000,
  0x00000000007f7f7f9f9f9f0f0f0f0000000000000000000000000000,
  0x00000000007f7f7f9f9f9f0f0f0f0000000000000000000000000000,
  0x00000000007f7f7f9f9f9f0f0f0f0000000000000000000000000000,
  0x00000000008f8f8fdfdfdf4f4f4f3f3f3f7f7f7f0000000000000000,
  0x00000000008f8f8fdfdfdf4f4f4f3f3f3f7f7f7f0000000000000000,
  0x00000000008f8f8fdfdfdf4f4f4f3f3f3f7f7f7f0000000000000000,
  0x00000000000000008f8f8fcfcfcfcfcfcf6f6f6f0000000000000000,
  0x00000000000000008f8f8fcfcfcfcfcfcf6f6f6f0000000000000000,
  0x00000000000000008f8f8fcfcfcfcfcfcf6f6f6f0000000000000000,
  0x00000000000000000000000000000000000000000000000000000000,
  0x00000000000000000000000000000000000000000000000000000000]

example : fast 28 28 digit = (144, 102) := by decide +kernel
example : plain 28 28 digit = (144, 102) := by decide +kernel

end Bridge
