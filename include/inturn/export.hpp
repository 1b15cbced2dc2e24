#pragma once

// What a shared build of the library exports; everything else is hidden.
#define INTURN_API __attribute__((visibility("default")))
