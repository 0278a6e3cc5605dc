-- $1 subject, $2 the server (instances.id) whose breaker is closed again
update incidents
   set runs = array_remove(runs, $2)
 where kind = 'provider' and subject = $1 and ended is null
