/* A program for the place of another one: it leaves a file `PROGRAM.ran` beside itself. */
#include <stdio.h>
#include <windows.h>

int main(void) {
  char path[MAX_PATH + 8];
  DWORD length = GetModuleFileNameA(NULL, path, MAX_PATH);
  snprintf(path + length, 5, ".ran");
  FILE *mark = fopen(path, "w");
  if (mark != NULL) fclose(mark);
  return 0;
}
