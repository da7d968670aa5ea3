# The target must survive the harmless input, and die on the planted one and name it.
execute_process(COMMAND ${TARGET} ${CORPUS}/harmless RESULT_VARIABLE harmless
  OUTPUT_QUIET ERROR_QUIET)
if(NOT harmless EQUAL 0)
  message(FATAL_ERROR "the harmless input failed: ${harmless}")
endif()
execute_process(COMMAND ${TARGET} ${CORPUS}/planted RESULT_VARIABLE planted
  OUTPUT_VARIABLE out ERROR_VARIABLE err)
if(planted EQUAL 0)
  message(FATAL_ERROR "the planted crash was not noticed")
endif()
if(NOT "${out}${err}" MATCHES "planted")
  message(FATAL_ERROR "the crash does not name its input: ${out}${err}")
endif()
