/** The script of pages with a composer. Without it every page works, too. */
import './counter.ts'
